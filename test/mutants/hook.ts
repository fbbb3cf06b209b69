/** Preloaded before a proof: hands the core one mutated file instead of the true one. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Mutation, mutate } from './mutations.ts';

const mutation = JSON.parse(process.env.GATE_MUTATION ?? 'null') as Mutation | null;
if (mutation !== null) {
  const target = pathToFileURL(fileURLToPath(new URL(`../../${mutation.file}`, import.meta.url))).href;
  registerHooks({
    load(url, context, nextLoad) {
      if (url !== target) return nextLoad(url, context);
      const source = mutate(readFileSync(new URL(url), 'utf8'), mutation);
      return { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}
