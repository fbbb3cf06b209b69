import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readChanges, readReport } from '../../../protocols/clearance/reading.ts';
import type { ListedChange } from '../../../protocols/clearance/words.ts';
import { writeChange, writeReport } from '../../../protocols/clearance/writing.ts';
import { booking, clearance } from '../../support/exchange-world.ts';

const DECLARATION = {
  Loai: 'ToKhai',
  SoToKhai: '301234567890',
  LoaiHinh: 'XK',
  LuongToKhai: '2',
  MaTrangThaiToKhai: 'TQ',
  SoContainer: 'CSQU3054383',
  PhienBan: 4,
  NguonDuLieu: 'VNACCS',
};

describe('the customs service’s fields', () => {
  it('carry every change there and back', () => {
    for (const change of [
      booking('CSQU3054383'),
      { ...booking('CSQU3054383'), trailerPlate: '12R-012.34' } as ListedChange,
      clearance('CSQU3054383', 1),
      clearance('CSQU3054383', 2, 'withdrawn'),
    ])
      assert.deepEqual(readChanges(JSON.parse(JSON.stringify(writeChange(change)))), {
        ok: true,
        changes: [change],
      });
  });

  it('carry an empty container, and a return with the move that was refused', () => {
    const common = { ...(booking('CSQU3054383') as ListedChange & { type: 'booking' }), declarations: [] };
    const returnOf = {
      move: 'huu-nghi-m12',
      refusedBy: 'quarantine',
      reason: 'thuốc bảo vệ thực vật vượt ngưỡng',
      refusedAt: Date.UTC(2026, 2, 1),
    } as const;
    for (const change of [
      { ...common, load: 'empty', sizeType: '22G1' },
      { ...common, load: 'return', returnOf },
    ] as const)
      assert.deepEqual(readChanges(JSON.parse(JSON.stringify(writeChange(change)))), {
        ok: true,
        changes: [change],
      });
  });

  it('of a load nobody knows read as goods, and of a refuser nobody knows as another one', () => {
    const wire = writeChange(booking('CSQU3054383'));
    const TuChoi = {
      MaChuyen: 'm1',
      CoQuan: 'CANHSAT',
      LyDo: 'x'.repeat(1_000),
      ThoiDiem: '2026-03-01T00:00:00Z',
    };
    const read = readChanges({ ...wire, LoaiTai: 'KHONGRO', LoaiCont: ' ', TuChoi });
    const [change] = read.ok ? read.changes : [];
    assert.ok(change?.type === 'booking');
    assert.deepEqual(
      [change.load, change.sizeType, change.returnOf?.refusedBy, change.returnOf?.reason.length],
      ['laden', undefined, 'other', 300],
    );
  });

  it('read as a clearance, further fields left aside', () => {
    assert.deepEqual(readChanges({ ...DECLARATION, TenDonViXNK: 'Công ty A', MaDDGS: '15BBCVS' }), {
      ok: true,
      changes: [
        {
          type: 'clearance',
          declaration: '301234567890',
          container: 'CSQU3054383',
          kind: 'export',
          channel: 'yellow',
          status: 'released',
          version: 4,
          source: 'VNACCS',
        },
      ],
    });
  });

  it('never release anything by a code that is not known', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (status, channel) => {
        fc.pre(status !== 'TQ' && !['1', '2'].includes(channel));
        const read = readChanges({ ...DECLARATION, MaTrangThaiToKhai: status, LuongToKhai: channel });
        const [change] = read.ok ? read.changes : [];
        assert.ok(change?.type === 'clearance');
        assert.notEqual(change.status, 'released');
        assert.equal(change.channel, 'red');
      }),
    );
  });

  it('take an empty or absent plate of a trailer for none', () => {
    const wire = writeChange(booking('CSQU3054383') as ListedChange);
    for (const BienSoRoMooc of [undefined, null, '', ' - '])
      assert.deepEqual(readChanges({ ...wire, BienSoRoMooc }), {
        ok: true,
        changes: [booking('CSQU3054383')],
      });
  });

  it('say which field is missing or of the wrong kind', () => {
    const { SoContainer: _, ...withoutContainer } = DECLARATION;
    const read = readChanges(withoutContainer);
    assert.ok(!read.ok);
    assert.match(read.reason, /^SoContainer: /);
    for (const value of [null, 1, 'x', [], { Loai: 'Khac' }, { ...DECLARATION, PhienBan: '4' }])
      assert.equal(readChanges(value).ok, false);
  });

  it('write ##### for a container without seals', () => {
    const change: ListedChange = {
      ...(booking('CSQU3054383') as ListedChange & { type: 'booking' }),
      seals: [],
    };
    const wire = writeChange(change);
    assert.ok(wire.Loai === 'DangKy');
    assert.deepEqual(wire.DanhSachSeal, ['#####']);
    assert.deepEqual(readChanges(wire), { ok: true, changes: [change] });
  });

  it('carry a report and its true time both ways', () => {
    const report = {
      reportId: 'r-1',
      kind: 'get-out',
      container: 'CSQU3054383',
      declarations: ['301234567890'],
      eventTime: '2026-03-01T08:00:00.000+07:00',
    } as const;
    assert.deepEqual(readReport(writeReport({ ...report, declarations: [...report.declarations] })), report);
    assert.equal(
      readReport({ ...writeReport({ ...report, declarations: [] }), ThoiDiem: 'hôm qua' }),
      undefined,
    );
  });
});
