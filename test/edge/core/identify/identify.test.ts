import assert from 'node:assert/strict';
import {
  type Candidate,
  defaultIdentifyPolicy,
  type Identified,
  identify,
  indexOf,
  type Read,
} from '../../../../edge/core/identify/identify.ts';
import { checkDigit } from '../../../../protocols/iso6346.ts';

const box = (firstTen: string): string => `${firstTen}${checkDigit(firstTen)}`;
const BOX = box('MSKU305438');
const X1: Candidate = {
  crossingId: 'x1',
  plate: '12C-123.45',
  trailer: '12R-004.77',
  containers: [{ number: BOX }],
};
const X2: Candidate = {
  crossingId: 'x2',
  plate: '29H-886.02',
  trailer: '29R-551.20',
  containers: [{ number: box('TCLU778201') }],
};
const POOL = [X1, X2];

/** One read, as a good camera gives it. */
const read = (kind: Read['kind'], value: string, more: Partial<Read> = {}): Read => ({
  kind,
  device: `camera-${kind}`,
  value,
  quality: 950,
  at: 0,
  ...more,
});
const frames = (kind: Read['kind'], values: readonly string[], more: Partial<Read> = {}): Read[] =>
  values.map((value) => read(kind, value, more));
const all = (candidate: Candidate): Read[] => [
  read('plate', candidate.plate ?? ''),
  read('trailer', candidate.trailer ?? ''),
  ...candidate.containers.map(({ number }) => read('container', number)),
];
const against = (reads: readonly Read[], pool = POOL, policy = defaultIdentifyPolicy): Identified =>
  identify(reads, pool, policy);
const agreements = ({ plate, trailer, containers }: Identified): string[] =>
  [plate, trailer, ...containers].map(({ agreement }) => agreement);

describe('identifying a vehicle', () => {
  it('a vehicle of which plate, trailer and container were read once each, and well, is matched at once', () => {
    const found = against(all(X1));
    assert.equal(found.outcome, 'matched');
    assert.equal(found.crossingId, 'x1');
    assert.deepEqual(agreements(found), ['agrees', 'agrees', 'agrees']);
    assert.deepEqual(found.candidates[0], { crossingId: 'x1', score: 3_000 });
    assert.deepEqual(found.unexpectedContainers, []);
  });

  it('cameras may write plates and numbers as they like', () => {
    const found = against([
      read('plate', '12c 12345'),
      read('trailer', '１２R００４７７'),
      read('container', 'msku 305438-1'.replace('1', BOX.slice(-1))),
    ]);
    assert.deepEqual(agreements(found), ['agrees', 'agrees', 'agrees']);
  });

  describe('when one identity is another', () => {
    it('the right rig with another container is matched, and the container contradicts', () => {
      const other = box('TEMU500100');
      const found = against([...all(X1).slice(0, 2), read('container', other)]);
      assert.equal(found.crossingId, 'x1');
      assert.deepEqual(agreements(found), ['agrees', 'agrees', 'contradicts']);
      assert.equal(found.containers[0]?.read, other);
      assert.deepEqual(found.unexpectedContainers, [other]);
    });

    it('another tractor with the right trailer and container is matched, and the plate contradicts', () => {
      const found = against([read('plate', '98E-440.01'), ...all(X1).slice(1)]);
      assert.equal(found.crossingId, 'x1');
      assert.deepEqual(agreements(found), ['contradicts', 'agrees', 'agrees']);
      assert.equal(found.plate.read, '98E44001');
    });

    it('two identities of one crossing outweigh the third, which is of another', () => {
      const found = against([...all(X1).slice(0, 2), ...all(X2).slice(2)]);
      assert.equal(found.crossingId, 'x1');
      assert.deepEqual(agreements(found), ['agrees', 'agrees', 'contradicts']);
    });

    it('two identities that point to two crossings are for a person', () => {
      const found = against([...all(X1).slice(0, 1), ...all(X2).slice(2)]);
      assert.equal(found.outcome, 'ambiguous');
      assert.equal(found.crossingId, undefined);
      assert.deepEqual(found.candidates.map(({ crossingId }) => crossingId).toSorted(), ['x1', 'x2']);
    });

    it('one identity of three is not enough', () => {
      const found = against([
        read('plate', X1.plate ?? ''),
        read('trailer', '15R-900.00'),
        read('container', box('TEMU500100')),
      ]);
      assert.equal(found.outcome, 'none');
      assert.equal(found.crossingId, undefined);
    });
  });

  it('of two crossings with the same truck the container tells which', () => {
    const again = { ...X1, crossingId: 'x3', containers: [{ number: box('FCIU900312') }] };
    assert.equal(against(all(again), [X1, again]).crossingId, 'x3');
    assert.equal(against(all(X1), [X1, again]).crossingId, 'x1');
    assert.equal(against(all(X1).slice(0, 2), [X1, again]).outcome, 'ambiguous');
  });

  it('a laden truck is not the one that should come empty', () => {
    const empty: Candidate = { crossingId: 'x4', plate: '12C-123.45', containers: [] };
    assert.equal(against(all(X1), [empty, X1]).crossingId, 'x1');
    const alone = against([read('plate', '12C12345'), read('container', BOX)], [empty]);
    assert.equal(alone.crossingId, 'x4');
    assert.deepEqual(alone.unexpectedContainers, [BOX]);
    assert.equal(alone.trailer.agreement, 'not-expected');
  });

  it('a vehicle that nobody announced is nobody', () => {
    const found = against([read('plate', '桂F8X201'), read('container', box('OOLU123456'))]);
    assert.equal(found.outcome, 'none');
    assert.deepEqual(found.candidates, []);
    assert.equal(found.plate.read, '桂F8X201');
  });

  it('where nothing usable was read, nothing is said of anybody', () => {
    assert.equal(against([]).outcome, 'unread');
    assert.equal(against(all(X1).map((one) => ({ ...one, quality: 499 }))).outcome, 'unread');
    assert.equal(against([read('plate', '--'), read('plate', '1'.repeat(17))]).outcome, 'unread');
  });

  it('what was not read is unread, and the rest is matched', () => {
    const found = against(all(X1).slice(0, 2));
    assert.deepEqual(agreements(found), ['agrees', 'agrees', 'unread']);
    assert.equal(found.outcome, 'matched');
  });

  it('shows the images of what it used, each once', () => {
    const reads = all(X1).map((one, at) => ({ ...one, image: at < 2 ? 'a.jpg' : 'b.jpg' }));
    const poor = read('plate', '12C12345', { quality: 100, image: 'c.jpg' });
    assert.deepEqual(against([...reads, poor]).images, ['a.jpg', 'b.jpg']);
  });

  describe('a misread plate', () => {
    const plateRead = (values: readonly string[], more = all(X1).slice(1)): Identified =>
      against([...frames('plate', values), ...more]);

    it('with a character that looks like the expected one agrees when all else agrees', () => {
      assert.deepEqual(agreements(plateRead(['12C12B45'])), ['agrees', 'agrees', 'agrees']);
      assert.deepEqual(agreements(plateRead(['12C12845', '12C12845'])), ['agrees', 'agrees', 'agrees']);
      assert.equal(plateRead(['12C12845', '12C12845']).plate.read, '12C12845');
    });

    it('read once, and a plate that could be, contradicts: nothing bears out that it is misread', () => {
      assert.equal(plateRead(['12C12845']).plate.agreement, 'contradicts');
    });

    it('does not agree where the policy takes no look-alikes', () => {
      const strict = { ...defaultIdentifyPolicy, doubtMax: defaultIdentifyPolicy.clearDoubtMax };
      const reads = [...frames('plate', ['12C12845', '12C12845']), ...all(X1).slice(1)];
      assert.equal(against(reads, POOL, strict).plate.agreement, 'contradicts');
    });

    it('does not agree beside anything that contradicts, nor alone', () => {
      const wrongBox = [...all(X1).slice(1, 2), read('container', box('TEMU500100'))];
      assert.equal(plateRead(['12C12845', '12C12845'], wrongBox).plate.agreement, 'contradicts');
      assert.equal(plateRead(['12C12845', '12C12845'], []).outcome, 'none');
    });

    it('with a character that does not look like the expected one contradicts, however often it was read', () => {
      assert.equal(plateRead(['12C12745']).plate.agreement, 'contradicts');
      assert.equal(plateRead(['12C12745', '12C12745', '12C12745']).plate.agreement, 'contradicts');
    });

    it('agrees when another frame shows the expected character', () => {
      assert.equal(plateRead(['12C12745', '12C12345', '12C12345']).plate.agreement, 'agrees');
      assert.equal(plateRead(['12C12745', '12C12345', '12C17345']).plate.agreement, 'agrees');
    });

    it('with two look-alikes in every frame contradicts', () => {
      assert.equal(plateRead(['12C72845', '12C72845']).plate.agreement, 'contradicts');
    });

    it('is no misread when that plate is announced for another crossing', () => {
      const sister = { ...X2, plate: '12C-128.45' };
      const twice = frames('plate', ['12C12845', '12C12845']);
      const found = against([...twice, ...all(X1).slice(1)], [X1, sister]);
      assert.equal(found.crossingId, 'x1');
      assert.equal(found.plate.agreement, 'contradicts');
    });

    it('may lack a character or have one twice in a frame', () => {
      assert.equal(plateRead(['12C1245', '12C12345']).plate.agreement, 'agrees');
      assert.equal(plateRead(['12C123345', '12C12345', '12C12345']).plate.agreement, 'agrees');
    });

    it('with one digit more in every frame is another plate', () => {
      const old = { ...X1, plate: '12C-1234' };
      const found = against([read('plate', '12C-12345'), ...all(X1).slice(1)], [old]);
      assert.equal(found.plate.agreement, 'contradicts');
    });

    it('of another rig of the same fleet matches nobody when all three are next to the expected ones', () => {
      const found = against([
        read('plate', '12C12346'),
        read('trailer', '12R00478'),
        read('container', box('MSKU305439')),
      ]);
      assert.equal(found.outcome, 'none');
    });
  });

  describe('a plate camera that sees the wrong end', () => {
    it('gives evidence for the trailer when it reads the expected trailer', () => {
      const found = against([
        read('plate', '12C12345'),
        read('plate', '12R00477', { device: 'rear' }),
        read('container', BOX),
      ]);
      assert.deepEqual(agreements(found), ['agrees', 'agrees', 'agrees']);
    });

    it('does not take the tractor for the trailer', () => {
      const found = against([read('trailer', '12C12345'), read('container', BOX)]);
      assert.deepEqual(agreements(found), ['agrees', 'unread', 'agrees']);
    });

    it('reads a trailer of which the crossing says nothing, and the tractor is not contradicted', () => {
      const { trailer: _, ...bare } = X1;
      const found = against(
        [read('plate', '12C12345'), read('plate', '15R-777.01'), read('container', BOX)],
        [bare],
      );
      assert.equal(found.plate.agreement, 'agrees');
      assert.deepEqual([found.trailer.agreement, found.trailer.read], ['not-expected', '15R77701']);
    });

    it('contradicts when it reads another vehicle beside the expected one', () => {
      const found = against([...all(X1), read('plate', '29H88602')]);
      assert.equal(found.plate.agreement, 'contradicts');
      assert.equal(found.plate.read, '29H88602');
    });
  });

  describe('a driverless vehicle', () => {
    const shuttle: Candidate = {
      crossingId: 'x9',
      containers: [{ number: BOX }],
      serial: 'AGV-07',
      rfid: ['E200-07A', 'E200-07B'],
    };
    const other: Candidate = {
      ...shuttle,
      crossingId: 'x10',
      serial: 'AGV-08',
      rfid: ['E200-08A'],
      containers: [],
    };

    it('without a plate is identified by its serial and a tag', () => {
      const found = against(
        [read('vehicle', 'AGV-07'), read('rfid', 'E200-07B'), read('container', BOX)],
        [other, shuttle],
      );
      assert.equal(found.crossingId, 'x9');
      assert.deepEqual([found.vehicle.agreement, found.rfid.agreement], ['agrees', 'agrees']);
      assert.equal(found.plate.agreement, 'not-expected');
    });

    it('with another serial contradicts, even by one character', () => {
      const found = against(
        [read('vehicle', 'AGV-01'), read('rfid', 'E200-07A'), read('container', BOX)],
        [other, shuttle],
      );
      assert.equal(found.crossingId, 'x9');
      assert.equal(found.vehicle.agreement, 'contradicts');
    });

    it('is for a person when serial and tag are of two vehicles', () => {
      const found = against([read('vehicle', 'AGV-07'), read('rfid', 'E200-08A')], [other, shuttle]);
      assert.equal(found.outcome, 'ambiguous');
    });
  });

  describe('by a Chinese plate that a reader of Latin letters has spelt', () => {
    const guangxi: Candidate = {
      crossingId: 'g1',
      plate: '桂F·A1234',
      trailer: '桂F·0477挂',
      containers: [],
    };

    it('takes another one that it spells for another vehicle', () => {
      const found = against([...all(X1).slice(1), read('plate', 'GUIFA1234')], [X1, X2]);
      assert.equal(found.plate.agreement, 'contradicts');
      const other = against([read('plate', 'GUIF98765'), read('trailer', '桂F0477挂')], [guangxi]);
      assert.equal(other.plate.agreement, 'contradicts');
    });

    it('finds it among thousands', () => {
      const crowd = Array.from({ length: 3_000 }, (_, n): Candidate => {
        const digits = String(10_000 + 29 * n);
        return { crossingId: `c${n}`, plate: `湘A${digits}`, containers: [] };
      });
      assert.equal(against([read('plate', 'XIANGA10290')], crowd).crossingId, 'c10');
    });
  });

  it('a trailer’s plate behind a truck of which no trailer was announced is no reading of its own plate', () => {
    const rigid: Candidate = { crossingId: 'r1', plate: '12C-123.45', containers: [] };
    const found = against([read('plate', '12C12345'), read('trailer', '12R12345')], [rigid]);
    assert.deepEqual([found.plate.agreement, found.trailer.agreement], ['agrees', 'not-expected']);
    const behind = against([read('trailer', '12C12345')], [rigid]);
    assert.equal(behind.plate.agreement, 'agrees', 'its own plate, seen from behind');
  });

  it('a booking and a tag count like any other identity; a wrong tag takes the benefit of the doubt from the plate', () => {
    const tagged = { ...X1, rfid: ['T1'], bookingId: 'B-5' };
    const twice = frames('plate', ['12C12845', '12C12845']);
    const reads = [...twice, ...all(X1).slice(1), read('booking', 'B-5')];
    const right = against([...reads, read('rfid', 'T1')], [tagged]);
    assert.deepEqual(
      [right.plate.agreement, right.rfid.agreement, right.booking.agreement],
      ['agrees', 'agrees', 'agrees'],
    );
    const wrong = against([...reads, read('rfid', 'T2')], [tagged]);
    assert.deepEqual([wrong.plate.agreement, wrong.rfid.agreement], ['contradicts', 'contradicts']);
  });

  it('finds the same with an index that is kept, whatever the order of the pool', () => {
    const index = indexOf(POOL);
    assert.deepEqual(identify(all(X2), POOL, defaultIdentifyPolicy, index), against(all(X2), [X2, X1]));
  });

  it('says the same of the same, and in plain JSON', () => {
    const found = against([read('plate', '12C12845'), ...all(X1).slice(1)]);
    assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
    const numbers = [...found.candidates.map(({ score }) => score), found.plate.doubt];
    assert.ok(numbers.every(Number.isSafeInteger));
  });
});
