/** `npm run bench -- NAME`: one measurement, printed as a table. */
const benches: Record<string, () => Promise<void>> = {
  core: async () => (await import('./core.ts')).run(),
  handover: async () => {
    await (await import('./handover.ts')).run();
    await (await import('./handover-latency.ts')).run();
  },
  'handover-latency': async () => (await import('./handover-latency.ts')).run(),
  'handover-verify': async () => (await import('./handover-verify.ts')).run(),
  identify: async () => (await import('./identify.ts')).run(),
  latency: async () => (await import('./latency.ts')).run(),
  reconcile: async () => {
    (await import('./reconcile-visits.ts')).benchVisits();
    await (await import('./reconcile.ts')).run();
  },
};

const [name = ''] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined) {
  process.stderr.write(`there is no bench "${name}"; use one of: ${Object.keys(benches).join(', ')}\n`);
  process.exit(1);
}
await bench();
process.exit(0);
