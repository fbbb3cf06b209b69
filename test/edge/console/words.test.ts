import assert from 'node:assert/strict';
import { checkpointName, gateConfig, loadKind, personRole } from '../../../config/schema.ts';
import { catalogue } from '../../../edge/core/reasons.ts';
import { DISCREPANCY_CODES, PUBLIC_CODES } from '../../../protocols/handover/codes.ts';

const { dictionary, LANGUAGES } = (await import(
  new URL('../../../edge/console/web/words.js', import.meta.url).href
)) as {
  dictionary(language: string): { word(key: string): string };
  LANGUAGES: readonly string[];
};

describe('the words of the console’s page', () => {
  const named = {
    role: personRole.options,
    checkpoint: checkpointName.options,
    load: loadKind.options,
    owner: [...new Set(Object.values(catalogue).map(({ owner }) => owner))],
    code: PUBLIC_CODES,
    differs: DISCREPANCY_CODES,
    inspected: ['confirmed', 'unfounded', 'partly', 'escalated'],
    outcome: ['as-handed-over', 'as-found', 'settled', 'withdrawn'],
    act: Object.keys(gateConfig.shape.overrides.unwrap().shape),
  };
  for (const [kind, codes] of Object.entries(named))
    it(`name every ${kind} in each language`, () => {
      // In English some are called as they are written.
      for (const language of LANGUAGES.filter((one) => one !== 'en'))
        for (const code of codes)
          assert.notEqual(dictionary(language).word(`${kind}.${code}`), code, `${language} ${kind}.${code}`);
    });
});
