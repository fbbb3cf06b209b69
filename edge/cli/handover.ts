/** `gate handover …`: the signed logs of both gates as files that anyone can check, with no daemon and no configuration. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { printError } from '../platform/process.ts';
import type { CommandResult } from './config.ts';

const lineNumber = (text: string): number => {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('Give the number of a line.');
  return Number(text);
};

/** Adds the commands below `handover`. */
export function addHandover(handover: Command, finish: (result: CommandResult) => void): void {
  handover
    .command('export')
    .description('write a signed log to a file; also while the daemons run')
    .requiredOption('--out <file>', 'file to write, whole or not at all')
    .option('--data <dir>', 'data folder of the gate', '.')
    .addOption(
      new Option('--log <which>', 'our own log, or the other gate’s as we have read and verified it')
        .choices(['own', 'theirs'])
        .default('own'),
    )
    .option('--from <line>', 'first line', lineNumber)
    .option('--to <line>', 'up to the first signed head that covers this line', lineNumber)
    .option('--force', 'replace the file if it is there')
    .action(async (options) => {
      const { exportLog } = await import('./handover/export.ts');
      finish(await exportLog(options));
    });

  handover
    .command('verify')
    .description(
      'check two exported logs and say of each move whether it is complete, open, disputed or contradictory; exit code 0: all is right, ' +
        '1: anything is wrong, 2: it could not run',
    )
    .argument('<log-a>', 'exported log of one gate')
    .argument('<log-b>', 'exported log of the other')
    .requiredOption(
      '--keys <files...>',
      'public keys of both gates (gate keys show --public), certificates of time-stamp authorities (PEM)',
    )
    .option(
      '--disclosures <files...>',
      'what a gate shows of what it had kept back (gate handover disclose), such as its officers’ signatures',
    )
    .option(
      '--require-officers',
      'whatever only people ask for must bear their signatures, or a digest of them',
    )
    .option('--json', 'one JSON object a line')
    .addOption(
      new Option(
        '--moves <which>',
        'which moves to list; without it those disputed or contradictory',
      ).choices(['complete', 'open', 'disputed', 'contradictory', 'all']),
    )
    // An answer of 1 means that a log is wrong: a command that was misspelt has found nothing.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .action(async (one: string, two: string, options) => {
      const { verifyLogs } = await import('./handover/verify.ts');
      try {
        process.exitCode = await verifyLogs([one, two], options, (text) => process.stdout.write(text));
      } catch (error) {
        printError(error);
        process.exitCode = 2;
      }
    });

  handover
    .command('print')
    .description('bilingual minutes of one move, Vietnamese and Chinese, to be signed by hand')
    .argument('<move>', 'the sender’s name for it')
    .option('--log <files...>', 'exported logs, of both gates where there are both')
    .option('--data <dir>', 'data folder of a gate, instead of exported logs', '.')
    .option('--disclosures <files...>', 'signatures of officers that a gate had kept back and shows')
    .option('--html', 'as a page for a printer')
    .action(async (move: string, options) => {
      const { printMove } = await import('./handover/print.ts');
      finish(await printMove(move, options));
    });
}
