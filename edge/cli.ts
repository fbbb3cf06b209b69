/** `gate <command>`: everything a person or a service manager starts. `gate help` lists the commands. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { actUsages } from './cli/act-words.ts';
import { configCheck, configSchema, type Drill } from './cli/config.ts';
import { type ChildName, runChild } from './cli/daemons.ts';
import type { StartDemoSite } from './cli/demo.ts';
import { addHandover } from './cli/handover.ts';
import { addDisclosure } from './cli/handover-disclose.ts';
import { systemClock } from './platform/clock.ts';
import { fail } from './platform/process.ts';
import { systemRandom } from './platform/random.ts';

const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('Give a number above 0.');
  return value;
};

/** Prints what a command found and ends with its exit code. */
function finish({ text, exitCode }: { text: string; exitCode: number }): void {
  process.stdout.write(text);
  process.exitCode = exitCode;
}

const program = new Command('gate')
  .description('Controller of a smart border gate')
  .showHelpAfterError()
  .helpCommand(true);

const daemons: Record<ChildName, string> = {
  control: 'drive the devices and decide; the only writer of the journal',
  exchange: 'talk to customs and to the gate across the border',
  console: 'serve the operators’ page',
  broker: 'the embedded MQTT broker, when the configuration names no other',
};

program
  .command('run')
  .description('start all daemons of one gate; children end with it')
  .requiredOption('--config <file>', 'configuration of the gate')
  .requiredOption('--data <dir>', 'data folder of the gate')
  .action(async (options) => {
    const { runGate } = await import('./cli/run.ts');
    await runGate(options);
  });

for (const [name, description] of Object.entries(daemons) as [ChildName, string][]) {
  program
    .command(name)
    .description(description)
    .requiredOption('--config <file>', 'configuration of the gate')
    .requiredOption('--data <dir>', 'data folder of the gate')
    .action((options) => runChild(name, options));
}

program
  .command('demo')
  .description('both gates against simulated hardware on this machine (npm start)')
  .option('--crossings <n>', 'containers to send each way; without it they keep coming', positive)
  .option('--exit', 'end when all of them are complete in both journals')
  .option('--speed <factor>', 'quicken the simulated hardware’s own motion', positive, 1)
  .option('--data <dir>', 'data folder, emptied first', 'data/demo')
  .option('--config <files...>', 'configurations of two gates instead of the shipped ones')
  .action(async (options) => {
    const { runDemo } = await import('./cli/demo.ts');
    const { simulatedPkiDir, startSite } = await import('../simulator/site.ts');
    const start: StartDemoSite = async (gates, speed) => {
      const site = await startSite({ gates, speed, clock: systemClock, random: systemRandom });
      return { export: (gate) => site.world.export(gate), stop: site.stop };
    };
    process.exit(await runDemo(options, start, simulatedPkiDir));
  });

program
  .command('simulator')
  .description('only the simulated hardware of the given gates, for gates started by hand')
  .requiredOption('--config <files...>', 'configurations of one or both gates')
  .requiredOption('--data <dirs...>', 'data folders of these gates, in the same order')
  .option('--speed <factor>', 'quicken the simulated hardware’s own motion', positive, 1)
  .option('--traffic <seconds>', 'a container each way every so many seconds', positive)
  .action(async (options) => {
    const { runSimulator } = await import('./cli/simulator.ts');
    const { simulatedPkiDir, startSite } = await import('../simulator/site.ts');
    await runSimulator(options, simulatedPkiDir, async (gates, speed) => {
      const site = await startSite({ gates, speed, clock: systemClock, random: systemRandom });
      return { export: (gate) => site.world.export(gate), stop: site.stop };
    });
  });

program
  .command('devices')
  .description('contact every device of a gate once and say which do not answer; exit code 1 if any')
  .requiredOption('--config <file>', 'configuration of the gate')
  .requiredOption('--data <dir>', 'data folder of the gate')
  .option('--wait <seconds>', 'how long each device may take', positive, 10)
  .action(async (options) => {
    const { checkDevices } = await import('./cli/devices.ts');
    finish(await checkDevices(options));
    process.exit();
  });

/** The drill of the simulator, with a line on the terminal that tells how far it is. */
async function drillOf(): Promise<Drill> {
  const { drillAlone, drillPair } = await import('../simulator/drill.ts');
  const line = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
  };
  return ([one, other]) => {
    const options = { clock: systemClock, onProgress: (text: string) => line(`drill: ${text}`) };
    const result = other === undefined ? drillAlone(one, options) : drillPair(one, other, options);
    line('');
    return result;
  };
}

const config = program.command('config').description('check and describe configurations');
config
  .command('check')
  .argument('<files...>')
  .description(
    'list all problems, each with its path, what is wrong and what would be right; exit code 1 if any. What has none is ' +
      'drilled: simulated traffic over its lanes, tracks, bays, slots and cranes, judged by the gate’s own interlock',
  )
  .option('--quick', 'leave out the drill')
  .action(async (files: string[], { quick }: { quick?: true }) =>
    finish(configCheck(files, quick ? undefined : await drillOf())),
  );
config
  .command('schema')
  .description('print the JSON Schema, for editors')
  .action(() => finish({ text: configSchema(), exitCode: 0 }));

const journal = program.command('journal').description('verify, replay and read a journal');
journal
  .command('verify')
  .argument('<db>', 'journal folder, or one segment file')
  .description('check the hash chain; exit code 1 if anything was altered, lost or added')
  .action(async (db: string) => {
    const { journalVerify } = await import('./cli/journal.ts');
    finish(await journalVerify(db));
  });
journal
  .command('replay')
  .argument('<db>', 'journal folder')
  .description(
    'step the core over the recorded inputs and compare every decision; exit code 1 on a difference',
  )
  .action(async (db: string) => {
    const { journalReplay } = await import('./cli/journal.ts');
    finish(await journalReplay(db));
  });
journal
  .command('show')
  .argument('<db>', 'journal folder')
  .requiredOption('--crossing <id>', 'crossing, container number or plate')
  .description('the story of one crossing')
  .action(async (db: string, options: { crossing: string }) => {
    const { journalShow } = await import('./cli/journal.ts');
    finish(await journalShow(db, options.crossing));
  });

program
  .command('stats')
  .description('figures out of a journal')
  .command('release')
  .description(
    'release times a day, by direction and channel (WTO TFA article 7.6, WCO Time Release Study): count, median, 90th percentile',
  )
  .requiredOption('--journal <db>', 'journal folder')
  .option('--from <day>', 'first day, such as 2026-03-01')
  .option('--to <day>', 'last day')
  .option('--json', 'as JSON, durations in milliseconds')
  .action(async (options) => {
    const { releaseStats } = await import('./cli/stats.ts');
    finish(await releaseStats(options));
  });

const handover = program
  .command('handover')
  .description('signed logs of both gates as files that anyone can check');
addHandover(handover, finish);
addDisclosure(handover, finish);

const outbox = program
  .command('outbox')
  .description('what waits to leave the gate, and what was refused; exit code 1 if anything was')
  .requiredOption('--data <dir>', 'data folder of the gate')
  .option('--json', 'as JSON')
  .action(async (options) => {
    const { showOutbox } = await import('./cli/outbox.ts');
    finish(await showOutbox(options));
  });
outbox
  .command('retry')
  .argument('[keys...]')
  .description('have what was refused sent again; exit code 1 if nothing of that lies refused')
  .option('--to <destination>', 'of this one only; without keys, all of it')
  .action(async (keys: string[], _options, command) => {
    const { retryRefused } = await import('./cli/outbox.ts');
    finish(await retryRefused(keys, command.optsWithGlobals()));
  });
outbox
  .command('drop')
  .argument('[keys...]')
  .description('give up what was refused; it stays on record')
  .requiredOption('--reason <text>', 'why')
  .option('--to <destination>', 'of this one only; without keys, all of it')
  .action(async (keys: string[], _options, command) => {
    const { dropRefused } = await import('./cli/outbox.ts');
    finish(await dropRefused(keys, command.optsWithGlobals()));
  });

/** A command on keys; it works in the data folder of the exchange daemon, as its user. */
const keysCommand = (parent: Command, name: string, description: string): Command =>
  parent
    .command(name)
    .description(description)
    .requiredOption('--config <file>', 'configuration of the gate')
    .requiredOption('--data <dir>', 'data folder of the exchange daemon');
const makingKeys = (command: Command): Command =>
  command
    .option('--alg <name>', 'EdDSA or ES256', 'EdDSA')
    .option('--valid-days <days>', 'days until the key expires', positive, 730)
    .option(
      '--public <file>',
      'public half, PEM, of a key in a token; counterpart.signCommand signs with it',
    );

const keys = program
  .command('keys')
  .description('the keys that sign the handover log, and those we trust of the other side (docs/keys.md)');
makingKeys(keysCommand(keys, 'init', 'make the first key of our log'))
  .option('--replace-lost', 'the key is lost: make another that it has not named')
  .action(async (options) => {
    const { initKeys } = await import('./cli/keys/make.ts');
    finish(await initKeys(options));
  });
keysCommand(
  keys,
  'show',
  'list keys with status and fingerprint; exit code 1 if none of ours, or of theirs, counts',
)
  .option('--public', 'only the file to hand to the other side')
  .action(async (options) => {
    const { showKeys } = await import('./cli/keys/show.ts');
    finish(await showKeys(options));
  });
makingKeys(keysCommand(keys, 'rotate', 'make the next key; gate exchange tells of it in the log')).action(
  async (options) => {
    const { rotateKeys } = await import('./cli/keys/make.ts');
    finish(await rotateKeys(options));
  },
);
keysCommand(keys, 'trust', 'take in the other side’s public keys')
  .argument('<file>', 'what gate keys show --public has written there')
  .addOption(
    new Option('--replace', 'they have lost their key: trust one that it has not named').conflicts('own'),
  )
  .option('--own', 'of our own earlier keys, whose list was lost: to check what they have signed')
  .action(async (file: string, { own, ...options }) => {
    if (own) {
      const { trustOwnKeys } = await import('./cli/keys/own.ts');
      return finish(await trustOwnKeys(file, options));
    }
    const { trustKeys } = await import('./cli/keys/trust.ts');
    finish(await trustKeys(file, options));
  });
keysCommand(keys, 'revoke', 'end trust in a key, ours or theirs')
  .argument('<kid>', 'the beginning of its name or fingerprint')
  .option('--last-head <file>', 'signed head up to which it stands, if not the newest known here')
  .action(async (kid: string, options) => {
    const { revokeKey } = await import('./cli/keys/revoke.ts');
    finish(await revokeKey(kid, options));
  });
keys
  .command('officers')
  .description(
    'print the public keys of this gate’s people, as whoever checks their signatures trusts them (gate handover verify --keys)',
  )
  .requiredOption('--config <file>', 'configuration of the gate')
  .action(async (options) => {
    const { showOfficers } = await import('./cli/keys/officers.ts');
    finish(showOfficers(options));
  });

program
  .command('reconcile')
  .argument('<cases>', 'file with one case a line (docs/reconciliation.md), - for standard input')
  .description('judge each case, a verdict a line, in order; exit code 1 if a line could not be read')
  .action(async (cases: string) => {
    const { reconcileFile } = await import('./cli/reconcile.ts');
    process.exitCode = await reconcileFile(cases, process.stdin, process.stdout);
  });

program
  .command('act')
  .description('sign and submit an act as a person of the configuration; exit code 1 if it is refused')
  .argument('<kind>', 'what to do, see below')
  .argument(
    '[subject]',
    'the lane, crossing, vehicle, alarm, proposal, case, closure, track, move, number or difference',
  )
  .requiredOption('--config <file>', 'configuration of the gate')
  .requiredOption('--as <person>', 'id of the person')
  .requiredOption('--key <file>', 'Ed25519 private key of the person, PEM')
  .requiredOption('--reason <text>', 'why')
  .option('--crossing <id>', 'the crossing that the vehicle in the lane belongs to')
  .option(
    '--code <code>',
    'the finding to clear; what differs, such as SEAL_NUMBER; why the section is closed, such as WEATHER',
  )
  .option('--place <id>', 'the slot, bay or crane where the container is')
  .option('--seen <json>', 'what was seen, as JSON')
  .option('--photo <sha256>', 'digest of the photo that shows it')
  .option('--visit <id>', 'the visit that was looked at: refused if another vehicle stands there by now')
  .option('--for <minutes>', 'how long the alarm is shelved', positive)
  .option('--basis <law>', 'the law an outage is declared by')
  .option('--until <time>', 'when a declared outage ends at the latest, such as 2026-07-01T18:00:00+07:00')
  .option('--sources <systems>', 'systems whose word counts meanwhile, such as Ecus6,E-manifest')
  .option('--hs <codes>', 'beginnings of tariff codes it is for, such as 08,0709; none: all goods')
  .option('--tracks <tracks>', 'tracks to close, with commas; none: the whole section')
  .option('--from <time>', 'when the section closes; none: now')
  .option('--to <time>', 'when it opens again by itself; none: by an act')
  .option('--moves <moves>', 'moves that only the other side knows to be lost there, with commas')
  .option('--track <track>', 'the track it will come on')
  .option('--vehicle <id>', 'the vehicle as the other officer names it')
  .option('--plate <plate>', 'its plate')
  .option('--load <load>', 'laden, empty or bobtail')
  .option('--containers <numbers>', 'what it carries, with commas')
  .option('--officer <id>', 'the duty officer of the other gate')
  .option('--move <move>', 'the move the number was given for')
  .option('--hold <node>', 'the hold point it was granted')
  .option('--container <number>', 'the container that differs')
  .option('--expected <text>', 'what was handed over, such as the number of a seal')
  .option('--found <text>', 'what was found in its place')
  .option('--text <lang:words>', 'in words, after their language, such as “vi:Kẹp chì bị đứt”')
  .option('--outcome <outcome>', 'what an inspection found, or how a difference ends')
  .option('--inspectors <names>', 'who was present of both sides, with commas')
  .addHelpText('after', () => `\nActs:\n  ${actUsages().join('\n  ')}`)
  .action(async (kind: string, subject: string | undefined, options) => {
    const { act } = await import('./cli/act.ts');
    finish(await act(kind, subject, options));
  });

program.parseAsync().catch(fail);
