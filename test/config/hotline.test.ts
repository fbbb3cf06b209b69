import assert from 'node:assert/strict';
import { checkConfig } from '../../config/check.ts';
import { checkPair } from '../../config/pair.ts';
import { fileOf, told, withChange } from './support.ts';

const KEY = 'A'.repeat(43);
/** The good configuration with these duty officers, and “dung” among its people. */
const withOfficers = (officers: string, hotline = true): string =>
  withChange('  filter:\n', `  hotline: ${hotline}\n  hotlineOfficers: [${officers}]\n  filter:\n`).concat(
    `\npeople:\n  - { id: dung, role: supervisor, publicKey: ${KEY} }\n`,
  );
const OURS = '{ gate: huu-nghi, id: dung, name: Nguyễn Dũng }';
const THEIRS = '{ gate: huu-nghi-quan, id: wei, name: 韦伟 }';
const found = (text: string): string[] =>
  checkConfig(text)
    .problems.map(({ path, problem }) => `${path}: ${problem}`)
    .filter((problem) => problem.startsWith('counterpart.hotline'));

describe('line clear by telephone, in the configuration', () => {
  it('is off unless somebody allows it', () => {
    assert.equal(checkConfig(fileOf('huu-nghi.yaml')).config?.counterpart.hotline, false);
  });

  it('needs officers of both gates, ours among the people who sign their acts', () => {
    assert.deepEqual(found(withOfficers(`${OURS}, ${THEIRS}`)), []);
    assert.deepEqual(found(withOfficers(OURS)), [
      'counterpart.hotlineOfficers: line clear by telephone is allowed, and huu-nghi-quan has no duty officer',
    ]);
    assert.deepEqual(found(withOfficers(`${OURS.replace('dung', 'an')}, ${THEIRS}`)), [
      'counterpart.hotlineOfficers[0].id: there is no person "an"',
    ]);
  });

  it('names each officer once, and of no third gate', () => {
    assert.deepEqual(found(withOfficers(`${OURS}, ${OURS}, ${THEIRS}`)), [
      'counterpart.hotlineOfficers[1].id: the duty officer "dung" of huu-nghi is there twice',
    ]);
    assert.deepEqual(found(withOfficers('{ gate: tan-thanh, id: an, name: An }', false)), [
      'counterpart.hotlineOfficers[0].gate: "tan-thanh" is neither this gate nor the counterpart',
    ]);
  });

  it('takes the word of both authorities, and one list of officers', () => {
    const read = (name: string) => {
      const { config, problems } = checkConfig(fileOf(name));
      return config ?? assert.fail(told(problems));
    };
    const [vn, cn] = [read('huu-nghi.yaml'), read('huu-nghi-quan.yaml')];
    vn.counterpart.hotline = true;
    vn.counterpart.hotlineOfficers = [{ gate: 'huu-nghi', id: 'dung', name: 'Dũng' }];
    cn.counterpart.hotlineOfficers = [{ gate: 'huu-nghi', id: 'dung', name: 'Dung' }];
    assert.deepEqual(
      checkPair(vn, cn).map(({ problem }) => problem),
      [
        'huu-nghi allows line clear by telephone, huu-nghi-quan does not',
        'duty officer "huu-nghi/dung" has name Dũng at huu-nghi and Dung at huu-nghi-quan',
      ],
    );
  });
});
