import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exchangeInput } from '../../../edge/control/inputs-schema.ts';
import { ADVANCE_KINDS } from '../../../protocols/asw/words.ts';
import { readMovement } from '../../../protocols/clearance/acts.ts';
import { readExamination } from '../../../protocols/clearance/examinations.ts';
import { LIST_COLUMNS } from '../../../protocols/clearance/fields.ts';
import { readChanges } from '../../../protocols/clearance/reading.ts';
import { type ClearanceReport, REQUIREMENTS } from '../../../protocols/clearance/words.ts';
import { writeChange } from '../../../protocols/clearance/writing.ts';

const DECLARATION = {
  Loai: 'ToKhai',
  SoToKhai: '308044805740',
  NgayToKhai: '2026-11-22',
  MaSoThue: '0100109106',
  TenDonViXNK: 'Công ty A',
  MaDDGS: '15BBCVS',
  LoaiHinh: 'XK',
  LuongToKhai: '1',
  MaTrangThaiToKhai: 'TQ',
  TrangThaiToKhai: 'Thông quan',
  MaPTVC: '4',
  SoDinhDanh: '222026000001',
  PhienBan: 4,
  NguonDuLieu: 'VNACCS',
};

const readOne = (value: unknown): ClearanceReport => {
  const read = readChanges(value);
  const [change] = read.ok ? read.changes : assert.fail(read.reason);
  assert.ok(change?.type === 'clearance');
  return change;
};
const readRows = (value: unknown): ClearanceReport[] => {
  const read = readChanges(value);
  assert.ok(read.ok);
  return read.changes.filter((change) => change.type === 'clearance');
};

const name = fc.string({ minLength: 1, maxLength: 40 });
const instant = fc.integer({ min: 0, max: 4_000_000_000_000 });
const seal = fc.stringMatching(/^[A-Z0-9]{4,15}$/);
const quantity = fc
  .record({ packages: fc.nat(1_000_000), kg: fc.nat(1_000_000) }, { requiredKeys: [] })
  .filter((one) => Object.keys(one).length > 0);
const anyClearance: fc.Arbitrary<ClearanceReport> = fc.record(
  {
    type: fc.constant('clearance' as const),
    declaration: name,
    container: fc.stringMatching(/^[A-Z]{4}[0-9]{7}$/),
    kind: fc.constantFrom('export', 'import', 'transit'),
    channel: fc.constantFrom('green', 'yellow', 'red'),
    status: fc.constantFrom('registered', 'inspected', 'released', 'withdrawn'),
    version: fc.nat(),
    source: name,
    validUntil: instant,
    complete: fc.boolean(),
    seals: fc.uniqueArray(seal, { maxLength: 5 }),
    sealRule: fc.constantFrom('required', 'optional', 'none'),
    grossKg: fc.integer({ min: 0, max: 100_000 }),
    grossBasis: fc.constantFrom('cargo', 'cargo+container'),
    requirements: fc
      .dictionary(
        fc.constantFrom(...REQUIREMENTS),
        fc.constantFrom('not-required', 'required', 'passed', 'failed'),
      )
      .filter((one) => Object.keys(one).length > 0),
    goods: fc.array(
      fc.record(
        { hs: fc.stringMatching(/^[0-9]{4,10}$/), origin: name, product: name, licence: name },
        { requiredKeys: ['hs'] },
      ),
      { maxLength: 3 },
    ),
    parties: fc.array(
      fc.record(
        {
          role: fc.constantFrom('declarant', 'consignor', 'consignee', 'carrier', 'producer'),
          id: name,
          name,
        },
        { requiredKeys: ['role', 'id'] },
      ),
      { maxLength: 3 },
    ),
    aeo: fc.boolean(),
    mrn: name,
    returnBy: instant,
    allotment: quantity,
    remaining: quantity,
    usedBy: name,
    claims: fc.uniqueArray(fc.constantFrom(...ADVANCE_KINDS), { minLength: 1 }).map((kinds) =>
      ADVANCE_KINDS.filter((kind) => kinds.includes(kind)).map((kind) => ({
        kind,
        reference: `${kind}-1`,
      })),
    ),
  },
  { requiredKeys: ['type', 'declaration', 'container', 'kind', 'channel', 'status', 'version', 'source'] },
) as fc.Arbitrary<ClearanceReport>;

describe('a declaration in customs’ words', () => {
  it('carries everything that can be said of a clearance there and back', () => {
    fc.assert(
      fc.property(anyClearance, (clearance) => {
        const wire: unknown = JSON.parse(JSON.stringify(writeChange(clearance)));
        assert.deepEqual({ ...readOne(wire) }, JSON.parse(JSON.stringify(clearance)));
      }),
    );
  });

  it('reads to nothing that control’s door would refuse', () => {
    const wild = fc.record(
      {
        SoSeal: fc.string({ maxLength: 300 }),
        SoSealHQ: fc.string(),
        TrongLuongKg: fc.double({ noNaN: true }),
        MaHS: fc.string(),
        HieuLucDen: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        QuyTacSeal: fc.string(),
        YeuCauSoiChieu: fc.string(),
        SoKien: fc.double({ noNaN: true }),
        SoContainer: fc.string(),
      },
      { requiredKeys: ['SoContainer'] },
    );
    fc.assert(
      fc.property(wild, (members) => {
        const read = readChanges({ ...DECLARATION, ...members });
        if (!read.ok) return;
        for (const change of read.changes) exchangeInput.parse(change);
      }),
    );
  });

  it('with a list of containers is one row for each of them', () => {
    const rows = readRows({
      ...DECLARATION,
      DanhSachContainer: [
        { Stt: 1, SoContainer: 'CSQU 305438-3', SoSeal: 'VN1, VN2', SoSealHQ: '#####', GhiChu: 'lạnh' },
        { Stt: 2, SoContainer: 'MWCU6059784', SoSeal: '#####', SoSealHQ: '#####' },
        { Stt: 3, SoContainer: 'TGHU1234567', SoSeal: '', SoSealHQ: 'HQ7' },
        { Stt: 4, SoContainer: 'TGHU7654321' },
      ],
    });
    assert.deepEqual(
      rows.map(({ container, seals }) => [container, seals]),
      [
        ['CSQU3054383', ['VN1', 'VN2']],
        ['MWCU6059784', []],
        ['TGHU1234567', ['HQ7']],
        ['TGHU7654321', undefined],
      ],
    );
    for (const row of rows) {
      assert.equal(row.status, 'released');
      assert.equal(row.version, 4);
      assert.deepEqual(row.parties, [{ role: 'declarant', id: '0100109106', name: 'Công ty A' }]);
    }
  });

  it('is overruled by what it says of one container only where that is stricter', () => {
    const rows = readRows({
      ...DECLARATION,
      LuongToKhai: '2',
      MaTrangThaiToKhai: 'KT',
      YeuCauSoiChieu: 'CO',
      YeuCauKiemDich: 'DAT',
      QuyTacSeal: 'TUYCHON',
      HieuLucDen: '2026-11-22T12:00:00+07:00',
      DayDu: true,
      DanhSachContainer: [
        {
          SoContainer: 'A1',
          MaTrangThaiToKhai: 'TQ',
          LuongToKhai: '1',
          YeuCauSoiChieu: 'DAT',
          QuyTacSeal: 'KHONG',
        },
        {
          SoContainer: 'A2',
          MaTrangThaiToKhai: 'HUY',
          LuongToKhai: '3',
          YeuCauKiemDich: 'KHONGDAT',
          YeuCauLePhi: 'CO',
          QuyTacSeal: 'BATBUOC',
          HieuLucDen: '2026-11-22T11:00:00+07:00',
          DayDu: false,
        },
        { SoContainer: 'A3', HieuLucDen: '2026-11-23T11:00:00+07:00' },
      ],
    });
    const short = rows.map(({ status, channel, requirements, sealRule, validUntil, complete }) => ({
      status,
      channel,
      requirements,
      sealRule,
      validUntil,
      complete,
    }));
    const noon = Date.parse('2026-11-22T05:00:00Z');
    const declared = {
      status: 'inspected',
      channel: 'yellow',
      requirements: { scan: 'required', quarantine: 'passed' },
      sealRule: 'optional',
      validUntil: noon,
      complete: true,
    };
    assert.deepEqual(short, [
      declared,
      {
        status: 'withdrawn',
        channel: 'red',
        requirements: { scan: 'required', quarantine: 'failed', fees: 'required' },
        sealRule: 'required',
        validUntil: noon - 3_600_000,
        complete: false,
      },
      declared,
    ]);
  });

  it('reads codes that nobody knows as demands', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{0,10}$/), (code) => {
        const { requirements, sealRule } = readOne({
          ...DECLARATION,
          SoContainer: 'CSQU3054383',
          YeuCauSoiChieu: code,
          QuyTacSeal: code,
        });
        assert.equal(requirements?.scan, 'required');
        assert.equal(sealRule, 'required');
      }),
    );
  });

  it('is unreadable with both forms at once or with neither, and with too many seals', () => {
    const refused = (members: object): string => {
      const read = readChanges({ ...DECLARATION, ...members });
      return read.ok ? assert.fail('it was read') : read.reason;
    };
    assert.match(refused({}), /SoContainer/);
    assert.match(refused({ SoContainer: 'A', DanhSachContainer: [{ SoContainer: 'B' }] }), /SoContainer/);
    assert.match(refused({ DanhSachContainer: [] }), /DanhSachContainer/);
    assert.match(
      refused({ DanhSachContainer: [{ SoContainer: 'A' }, {}] }),
      /DanhSachContainer.1.SoContainer/,
    );
    const seals = Array.from({ length: 51 }, (_, index) => `S${index}`).join(',');
    assert.match(refused({ SoContainer: 'A', SoSeal: seals }), /SoSeal/);
    assert.match(refused({ SoContainer: '- -' }), /SoContainer/);
  });
  it('may be one of thousands in a container', () => {
    const rows = Array.from({ length: 5_000 }, (_, index) =>
      readOne({ ...DECLARATION, SoToKhai: `${308044800000 + index}`, SoContainer: 'CSQU3054383' }),
    );
    assert.equal(new Set(rows.map(({ declaration }) => declaration)).size, 5_000);
  });

  it('has a column in a list for every field of the public mapping', () => {
    for (const field of [
      ...['SoToKhai', 'NgayToKhai', 'MaSoThue', 'TenDonViXNK', 'MaDDGS', 'LoaiHinh', 'MaTrangThaiToKhai'],
      ...[
        'TrangThaiToKhai',
        'LuongToKhai',
        'MaPTVC',
        'SoDinhDanh',
        'Stt',
        'SoContainer',
        'SoSeal',
        'SoSealHQ',
        'GhiChu',
      ],
    ])
      assert.ok(field in LIST_COLUMNS, field);
  });
});

describe('a transit movement of ACTS', () => {
  const MOVEMENT = {
    mrn: '26TH0ABCDEFGHJKLM5',
    movementStatus: 'RELEASED',
    version: 3,
    officeOfTransit: 'VN15BB',
    timeLimit: '2026-11-23T00:00:00Z',
    containers: [
      { containerNumber: 'CSQU3054383', seals: ['TH1'], grossMassKg: 21_000.4 },
      { containerNumber: 'MWCU6059784', seals: [] },
    ],
  };

  it('is a transit clearance for each of its containers, under its MRN', () => {
    const read = readMovement(MOVEMENT);
    assert.ok(read.ok);
    assert.equal(read.changes.length, 2);
    const transit = {
      type: 'clearance',
      declaration: MOVEMENT.mrn,
      mrn: MOVEMENT.mrn,
      kind: 'transit',
      channel: 'green',
      status: 'released',
      version: 3,
      source: 'ACTS',
      validUntil: Date.parse('2026-11-23T00:00:00Z'),
    };
    assert.deepEqual(read.changes, [
      { ...transit, container: 'CSQU3054383', seals: ['TH1'], sealRule: 'required', grossKg: 21_000 },
      { ...transit, container: 'MWCU6059784', seals: [], sealRule: 'optional' },
    ]);
    for (const change of read.changes) exchangeInput.parse(change);
  });

  it('passes in no other status than released', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('ARRIVED', 'DISCHARGED', 'CANCELLED', 'ACCEPTED', 'toString')),
        (movementStatus) => {
          fc.pre(movementStatus !== 'RELEASED');
          const read = readMovement({ ...MOVEMENT, movementStatus });
          if (read.ok) for (const change of read.changes) exchangeInput.parse(change);
          assert.ok(!read.ok || read.changes.every(({ status }) => status !== 'released'));
        },
      ),
    );
  });

  it('is unreadable without an MRN of the right form', () => {
    for (const mrn of ['', '26TH0ABCDEFGHJKLM', '26th0ABCDEFGHJKLM5', '26TH0ABCDEFGHJKLMX', 7])
      assert.equal(readMovement({ ...MOVEMENT, mrn }).ok, false, String(mrn));
  });
});

describe('the result of an examination', () => {
  const RESULT = {
    examinationId: 'X-1',
    container: 'CSQU3054383',
    requirement: 'scan',
    state: 'passed',
    version: 2,
    source: 'scanner-1',
    officer: 'hq-0815',
    reference: 'IMG/2026/1',
    examinedAt: '2026-11-22T09:00:00+07:00',
  };

  it('is read as it stands, with its time as an instant', () => {
    const read = readExamination(RESULT);
    assert.ok(read.ok);
    assert.deepEqual(read.changes, [
      { type: 'examination', ...RESULT, examinedAt: Date.parse('2026-11-22T02:00:00Z') },
    ]);
    for (const change of read.changes) exchangeInput.parse(change);
  });

  it('has not passed in a state that nobody knows', () => {
    const read = readExamination({ ...RESULT, state: 'probably' });
    assert.ok(read.ok);
    assert.equal(read.changes[0]?.state, 'required');
  });

  it('is unreadable without a requirement that we know, or a time', () => {
    assert.equal(readExamination({ ...RESULT, requirement: 'smell' }).ok, false);
    assert.equal(readExamination({ ...RESULT, examinedAt: 'today' }).ok, false);
  });
});
