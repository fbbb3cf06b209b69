import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ListHead, readList } from '../../../../edge/exchange/customs/drop-folder/list.ts';
import { ListRefused } from '../../../../edge/exchange/customs/drop-folder/refusal.ts';
import type { ClearanceReport } from '../../../../protocols/clearance/words.ts';
import { COLUMNS, csvList, line } from '../../../support/customs-lists.ts';

interface ReadList {
  head: ListHead | undefined;
  clearances: ClearanceReport[];
}

async function read(content: string | Buffer, name = 'list.csv'): Promise<ReadList> {
  const result: ReadList = { head: undefined, clearances: [] };
  await readList(
    { name, bytes: Buffer.from(content), utcOffset: '+07:00' },
    async (head) => {
      result.head = head;
    },
    async (lines) => {
      result.clearances.push(...lines.map(({ clearance }) => clearance));
    },
  );
  return result;
}

async function refusal(content: string | Buffer, name = 'list.csv'): Promise<ListRefused> {
  try {
    await read(content, name);
  } catch (error) {
    if (error instanceof ListRefused) return error;
    throw error;
  }
  return assert.fail('the list was read');
}

/** A list with one line, in which one column holds `cell`. */
const withCell = (column: string, cell: string): string =>
  csvList([[...line('CSQU3054383', 1), cell]], { columns: [...COLUMNS, column] });
const readCell = async (column: string, cell: string): Promise<ClearanceReport> => {
  const [clearance] = (await read(withCell(column, cell))).clearances;
  assert.ok(clearance);
  return clearance;
};

const utf16be = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
/** Vietnamese Windows, for the characters used here. */
const windows1258 = (text: string): Buffer =>
  Buffer.from(
    Array.from(text, (character) => {
      const byte = { Đ: 0xd0, đ: 0xf0, ê: 0xea, ô: 0xf4, ơ: 0xf5, '\u0300': 0xcc, '\u0301': 0xec }[character];
      return byte ?? character.charCodeAt(0);
    }),
  );

describe('a list of customs as a file', () => {
  it('says which one it is, of when, how long and whether it is whole', async () => {
    const { head, clearances } = await read(csvList([line('CSQU3054383', 3), line('MWCU6059784', 1, 'HUY')]));
    assert.deepEqual(head, {
      number: '2026-0001',
      asOf: Date.parse('2026-11-22T08:30:00+07:00'),
      lines: 2,
      whole: true,
    });
    assert.deepEqual(clearances, [
      {
        type: 'clearance',
        declaration: '308044805740',
        container: 'CSQU3054383',
        kind: 'export',
        channel: 'green',
        status: 'released',
        version: 3,
        source: 'danh-sach',
      },
      {
        type: 'clearance',
        declaration: '308044805740',
        container: 'MWCU6059784',
        kind: 'export',
        channel: 'green',
        status: 'withdrawn',
        version: 1,
        source: 'danh-sach',
      },
    ]);
    assert.equal((await read(csvList([], { kind: 'Bổ sung' }))).head?.whole, false);
  });

  it('is the same in every encoding and with every separator that Excel writes', async () => {
    const text = (separator: string): string =>
      csvList(
        [[...line('CSQU3054383', 3), '0100109106', 'Công ty Đê']],
        { columns: [...COLUMNS, 'MaSoThue', 'TenDonViXNK'] },
        separator,
      );
    const expected = await read(text(';'));
    assert.deepEqual(expected.clearances[0]?.parties, [
      { role: 'declarant', id: '0100109106', name: 'Công ty Đê' },
    ]);
    for (const separator of [';', ',', '\t']) {
      const bare = text(separator);
      for (const content of [
        bare,
        `\ufeff${bare}`,
        Buffer.from(`\ufeff${bare}`, 'utf16le'),
        utf16be(bare),
        windows1258(bare),
      ])
        assert.deepEqual(await read(content), expected);
    }
  });

  it('knows its columns with and without diacritics, in any case, after a title and empty lines', async () => {
    const text = [
      'DANH SÁCH CONTAINER ĐỦ ĐIỀU KIỆN QUA KHU VỰC GIÁM SÁT;;;;;;;',
      ';;;;;;;',
      'Số danh sách;2026-7;;;;;;',
      'Thời điểm;22/11/2026 08:30:15;;;;;;',
      'SỐ DÒNG;1;;;;;;',
      'loại danh sách;toàn bộ;;;;;;',
      'STT;Số tờ khai;LOẠI HÌNH;Luồng tờ khai;Mã trạng thái tờ khai;Phiên bản;Số container;Số Seal HQ',
      '1;\'308044805740;XK;1;TQ;3;"CSQU 305438-3";#####',
      ';;;;;;;',
    ].join('\n');
    const { head, clearances } = await read(text);
    assert.equal(head?.asOf, Date.parse('2026-11-22T08:30:15+07:00'));
    assert.equal(clearances[0]?.container, 'CSQU3054383');
    assert.deepEqual(clearances[0]?.seals, []);
  });

  it('may have line breaks and separators in quoted fields', async () => {
    const text = csvList([[...line('CSQU3054383', 3), '"VN1;\r\nVN2"', '"ghi chú ""lạ""\r\nhai dòng"']], {
      columns: [...COLUMNS, 'SoSeal', 'GhiChu'],
    });
    assert.deepEqual((await read(text)).clearances[0]?.seals, ['VN1', 'VN2']);
    const unclosed = await refusal(text.replace('VN2"', 'VN2'));
    assert.equal(unclosed.code, 'LIST_FORM');
  });

  it('reads the numbers and times of a Vietnamese Excel, and refuses those that could mean two things', async () => {
    for (const [cell, grossKg] of [
      ['24000', 24_000],
      ['24000,5', 24_001],
      ['24.000,4', 24_000],
      ['24,000.4', 24_000],
      ['="24000"', 24_000],
    ] as const)
      assert.equal(
        (
          await readCell(
            'TrongLuongKg',
            cell.includes(',') ? `"${cell}"` : cell.replaceAll('"', '""').replace(/^=.*/, '"$&"'),
          )
        ).grossKg,
        grossKg,
        cell,
      );
    for (const cell of ['24.000', '24,000', '2,4E4', '24 t', '-5', '1.2.3'])
      assert.equal((await refusal(withCell('TrongLuongKg', `"${cell}"`))).code, 'LIST_CELL', cell);

    assert.equal(
      (await readCell('HieuLucDen', '22/11/2026 18:00')).validUntil,
      Date.parse('2026-11-22T11:00:00Z'),
    );
    assert.equal(
      (await readCell('HieuLucDen', '2026-11-22T18:00:00+08:00')).validUntil,
      Date.parse('2026-11-22T10:00:00Z'),
    );
    for (const cell of [
      '31/02/2026 08:00',
      '11/22/2026 08:00',
      '22/11/26 08:00',
      '22/11/2026',
      '2026-11-22 08:00',
      '46348,35',
      '22/11/2026 24:10',
    ])
      assert.equal((await refusal(withCell('HieuLucDen', cell))).code, 'LIST_CELL', cell);
  });

  it('with a declaration number that Excel has rounded is refused, and says why in both languages', async () => {
    for (const [cell, why] of [
      ['3.08045E+11', /rounded/],
      ['"3,08045E+11"', /rounded/],
      ['30804480574', /12 digits/],
      ['308044805740.0', /12 digits/],
      ['', /SoToKhai/],
    ] as const) {
      const refused = await refusal(csvList([[cell, ...line('CSQU3054383', 1).slice(1)]]));
      assert.equal(refused.code, 'LIST_CELL');
      assert.match(refused.message, why);
      assert.match(refused.message, /line 6/);
      assert.match(refused.vi, /dòng 6/);
    }
    assert.match((await refusal(withCell('MaSoThue', '100109106'))).message, /leading zeros/);
    assert.match((await refusal(withCell('SoSeal', '1.23E+10'))).message, /rounded/);
  });

  it('is refused with a column that nobody knows, a column too few or one twice, and a cell in no column', async () => {
    const of = (columns: readonly string[]) => refusal(csvList([line('CSQU3054383', 1)], { columns }));
    assert.match((await of([...COLUMNS, 'YeuCauSoiChiu'])).message, /YeuCauSoiChiu/);
    assert.match((await of(COLUMNS.slice(0, 4))).message, /no column PhienBan, SoContainer/);
    assert.match((await of([...COLUMNS, 'Số tờ khai'])).message, /two columns SoToKhai/);
    assert.match(
      (await refusal(csvList([[...line('CSQU3054383', 1), 'x']]))).message,
      /“x” stands in no column/,
    );
  });

  it('is refused if its count is not right', async () => {
    for (const count of [0, 1, 3]) {
      const refused = await refusal(csvList([line('A', 1), line('B', 1)], { count }));
      assert.equal(refused.code, 'LIST_COUNT', String(count));
    }
    assert.equal((await refusal(csvList([], { count: 500_001 }))).code, 'LIST_SIZE');
  });

  it('is refused without the whole head, or with a head that cannot be read', async () => {
    for (const name of ['SoDanhSach', 'ThoiDiem', 'SoDong', 'LoaiDanhSach']) {
      const without = csvList([line('A', 1)]).replace(new RegExp(`^${name};.*\\r\\n`, 'm'), '');
      const refused = await refusal(without);
      assert.equal(refused.code, 'LIST_HEAD');
      assert.match(refused.message, new RegExp(name));
    }
    assert.equal((await refusal(csvList([], { asOf: '22/13/2026 08:30' }))).code, 'LIST_HEAD');
    assert.equal((await refusal(csvList([], { kind: 'Nua' }))).code, 'LIST_HEAD');
    assert.equal((await refusal(`SoDong;1\r\n${csvList([])}`)).code, 'LIST_HEAD');
  });

  it('is refused if it is no text, no table, or written in a font encoding', async () => {
    assert.equal((await refusal(Buffer.from([0xff, 0xfe, 0x41]))).code, 'LIST_ENCODING');
    const long = csvList(Array.from({ length: 2_000 }, (_, index) => line(`C${index}`, 1)));
    const cut = Buffer.concat([Buffer.from(`\ufeff${long}`, 'utf16le'), Buffer.from([0x41])]);
    assert.equal((await refusal(cut)).code, 'LIST_ENCODING');
    assert.equal((await refusal(Buffer.alloc(1_000, 7))).code, 'LIST_FORM');
    assert.equal((await refusal('')).code, 'LIST_FORM');
    // "Số tờ khai" in TCVN3.
    const tcvn3 = Buffer.from('S\xe8 t\xea khai;Lo\xb9i h\xd7nh\r\n', 'latin1');
    assert.equal((await refusal(tcvn3)).code, 'LIST_FORM');
    assert.match((await refusal(withCell('TenHang', 'a\u0001b'))).message, /no text/);
  });

  it('never throws anything but a refusal, whatever the file holds', async () => {
    const whole = Buffer.from(csvList([line('CSQU3054383', 1), line('MWCU6059784', 1)]));
    const xml = Buffer.from(XML);
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.nat(2_000),
        fc.uint8Array({ maxLength: 6 }),
        async (isXml, at, patch) => {
          const bytes = Buffer.from(isXml ? xml : whole);
          bytes.set(patch, Math.min(at % bytes.length, bytes.length - patch.length));
          try {
            await read(bytes, isXml ? 'a.xml' : 'a.csv');
          } catch (error) {
            assert.ok(error instanceof ListRefused, String(error));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

const XML = `<?xml version="1.0" encoding="UTF-8"?>
<DanhSach SoDanhSach="2026-0001" ThoiDiem="22/11/2026 08:30" SoDong="3" LoaiDanhSach="ToanBo">
  <ToKhai>
    <SoToKhai>308044805740</SoToKhai><LoaiHinh>XK</LoaiHinh><LuongToKhai>1</LuongToKhai>
    <MaTrangThaiToKhai>TQ</MaTrangThaiToKhai><PhienBan>3</PhienBan><TenHang><![CDATA[Vải & nhãn]]></TenHang><MaHS>08109010</MaHS>
    <DanhSachContainer>
      <Container><Stt>1</Stt><SoContainer>CSQU3054383</SoContainer><SoSeal>VN1</SoSeal><SoSealHQ>#####</SoSealHQ></Container>
      <Container><Stt>2</Stt><SoContainer>MWCU6059784</SoContainer><MaTrangThaiToKhai>HUY</MaTrangThaiToKhai></Container>
    </DanhSachContainer>
  </ToKhai>
  <ToKhai>
    <SoToKhai>308044805751</SoToKhai><LoaiHinh>XK</LoaiHinh><LuongToKhai>2</LuongToKhai>
    <MaTrangThaiToKhai>TQ</MaTrangThaiToKhai><PhienBan>1</PhienBan><SoContainer>TGHU1234567</SoContainer>
  </ToKhai>
</DanhSach>`;

describe('a list of customs as XML', () => {
  it('has declarations with one container or with several', async () => {
    const { head, clearances } = await read(XML, 'LIST.XML');
    assert.equal(head?.lines, 3);
    assert.deepEqual(
      clearances.map(({ declaration, container, status, channel, version }) => [
        declaration,
        container,
        status,
        channel,
        version,
      ]),
      [
        ['308044805740', 'CSQU3054383', 'released', 'green', 3],
        ['308044805740', 'MWCU6059784', 'withdrawn', 'green', 3],
        ['308044805751', 'TGHU1234567', 'released', 'yellow', 1],
      ],
    );
    assert.deepEqual(clearances[0]?.seals, ['VN1']);
    assert.deepEqual(clearances[0]?.goods, [{ hs: '08109010', product: 'Vải & nhãn' }]);
    assert.deepEqual(
      (await read(Buffer.from(`\ufeff${XML.replace('UTF-8', 'UTF-16')}`, 'utf16le'), 'a.xml')).clearances,
      clearances,
    );
  });

  it('is refused with a document type, entities, elements that do not belong there, or a name that is not its encoding', async () => {
    const bomb = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>';
    for (const [from, to] of [
      ['<DanhSach ', `${bomb}<DanhSach `],
      ['<DanhSach ', '<!DOCTYPE DanhSach SYSTEM "file:///etc/passwd"><DanhSach '],
      ['308044805740', '&b;'],
      ['308044805740', '308044<b/>805740'],
      ['<ToKhai>', '<ToKhai>x'],
      ['<ToKhai>', '<ToKhai a="1">'],
      ['<Container>', '<Container><Container>'],
      ['</DanhSach>', ''],
      ['UTF-8', 'TCVN3'],
      ['<SoSeal>VN1</SoSeal>', '<SoSeal>VN1</SoSeal><SoSeal>VN2</SoSeal>'],
      ['<SoSeal>VN1</SoSeal>', '<SoDau>VN1</SoDau>'],
    ] as const) {
      const { code } = await refusal(XML.replace(from, to), 'a.xml');
      assert.match(code, /^LIST_(FORM|COLUMN)$/, to);
    }
    assert.equal((await refusal(XML.replace('"3"', '"2"'), 'a.xml')).code, 'LIST_COUNT');
  });
});
