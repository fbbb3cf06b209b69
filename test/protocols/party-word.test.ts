import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { normalisePartyName, partyNameDigest, partyNumber, partyWord } from '../../protocols/party-word.ts';

describe('the words for parties', () => {
  it('spell a name one way, with or without its marks', () => {
    for (const name of [
      'Công ty TNHH Đông Á',
      'CONG TY TNHH DONG A',
      '  công ty tnhh: đông-á ',
      'ＣÔNG TY TNHH ĐÔNG Á',
    ])
      assert.equal(normalisePartyName(name), 'CONG TY TNHH DONG A');
    assert.equal(normalisePartyName('凭祥市 贸易（有限）公司'), '凭祥市 贸易 有限 公司');
  });

  it('keep a name as the digest of that, which anybody can make', () => {
    const expected = createHash('sha256').update('NGUYEN VAN AN').digest('hex');
    assert.equal(partyNameDigest('Nguyễn Văn An'), `sha256:${expected}`);
    assert.equal(partyWord('Nguyễn Văn An'), `sha256:${expected}`);
    assert.equal(partyNameDigest(`sha256:${expected}`), `sha256:${expected}`);
  });

  it('keep numbers of organisations, however they are written', () => {
    for (const [written, kept] of [
      ['0100109106', '0100109106'],
      ['0100109106-001', '0100109106001'],
      ['91110108 5923 6294-5N', '91110108592362945N'],
      ['VN-AEO-0012', 'VNAEO0012'],
    ] as const) {
      assert.equal(partyNumber(written), kept);
      if (!written.includes(' ')) assert.equal(partyWord(written), kept);
    }
  });

  it('keep numbers of people’s papers as digests only', () => {
    for (const paper of ['001095012345', '123456789', '11010519491231002X', 'C1234567', 'EA1234567'])
      assert.match(partyNumber(paper), /^sha256:[0-9a-f]{64}$/, paper);
  });
});
