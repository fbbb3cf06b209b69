import assert from 'node:assert/strict';
import { checkConfig } from '../../config/check.ts';
import { fileOf, withChange } from './support.ts';

const VN = '{ name: VN-TSA, certificatesFile: keys/vn-tsa.pem }';
const withStamps = (words: string) =>
  checkConfig(withChange('  filter:\n', `  timeStamps: { ${words} }\n  filter:\n`));
const found = (words: string): string[] =>
  withStamps(words).problems.map(({ path, problem, remedy }) => `${path}: ${problem}: ${remedy}`);

describe('time stamps, in the configuration', () => {
  it('are asked for by nobody unless somebody names an authority', () => {
    assert.equal(checkConfig(fileOf('huu-nghi.yaml')).config?.counterpart.timeStamps, undefined);
  });

  it('need whose stamps count, and where ours are asked for', () => {
    const { config } = withStamps(
      `authorities: [${VN}], ours: { url: "http://tsa.example.vn/tsr" }, theirs: { requiredWithinS: 86400 }`,
    );
    assert.deepEqual(config?.counterpart.timeStamps, {
      authorities: [{ name: 'VN-TSA', certificatesFile: 'keys/vn-tsa.pem' }],
      ours: { url: 'http://tsa.example.vn/tsr', everyS: 3_600, timeoutMs: 10_000, alarmAfterS: 14_400 },
      theirs: { requiredWithinS: 86_400 },
    });
    assert.deepEqual(found(`authorities: [${VN}]`), []);
  });

  for (const [what, words, problem] of [
    [
      'stamps that nobody could check',
      'ours: { url: "http://tsa.example.vn" }',
      /^counterpart\.timeStamps\.authorities/,
    ],
    ['an authority without a certificate', 'authorities: [{ name: VN-TSA }]', /certificatesFile/],
    ['two authorities of one name', `authorities: [${VN}, ${VN}]`, /give each authority its own name/],
    [
      'a policy that is no object identifier',
      'authorities: [{ name: VN-TSA, certificatesFile: a.pem, policy: best }]',
      /use an object identifier such as/,
    ],
    [
      'an address that is none of HTTP',
      `authorities: [${VN}], ours: { url: "ldap://tsa" }`,
      /counterpart\.timeStamps\.ours\.url: .*use http:\/\/ or https:\/\//,
    ],
    [
      'an alarm before the stamp is due',
      `authorities: [${VN}], ours: { url: "http://tsa", everyS: 7200, alarmAfterS: 3600 }`,
      /counterpart\.timeStamps\.ours\.alarmAfterS: .*longer than everyS/,
    ],
    ['a misspelt word', `authorities: [${VN}], our: {}`, /counterpart\.timeStamps.*our/],
  ] as [string, string, RegExp][])
    it(`must not have ${what}`, () => {
      assert.match(found(words).join('\n'), problem);
    });
});
