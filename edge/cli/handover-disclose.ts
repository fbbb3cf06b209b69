/** `gate handover disclose`, `check-disclosure` and `filter`: what did not cross the border, shown later; and what crosses. */
import { type Command, InvalidArgumentError } from 'commander';
import type { CommandResult } from './config.ts';

const lineNumber = (text: string): number => {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('Give the number of a line.');
  return Number(text);
};

/** Adds the commands below `handover`. */
export function addDisclosure(handover: Command, finish: (result: CommandResult) => void): void {
  handover
    .command('disclose')
    .description(
      'print what our log keeps back of a move, a line, or at one member of every line, with the salts that prove it, one JSON object a line; exit code 1 if there ' +
        'is nothing. Give each to nobody but whom it is meant for',
    )
    .argument('[move]', 'the move, such as huu-nghi-m12')
    .option('--line <n>', 'this line of our log, instead of a move', lineNumber)
    .option('--member <pointer>', 'only this member, such as /containers/0/seals')
    .requiredOption('--data <dir>', 'data folder of the gate')
    .action(async (move: string | undefined, options) => {
      const { disclose } = await import('./handover/disclose.ts');
      finish(await disclose(move, options));
    });

  handover
    .command('check-disclosure')
    .description(
      'say of each disclosure whether it is what stood behind the digest in an exported log; exit code 1 if one is not. That the log ' +
        'itself is whole, gate handover verify tells',
    )
    .argument('<file>', 'what gate handover disclose has printed')
    .requiredOption('--log <file>', 'exported log of the gate that disclosed')
    .action(async (file: string, options) => {
      const { checkDisclosures } = await import('./handover/disclose.ts');
      finish(await checkDisclosures(file, options));
    });

  handover
    .command('filter')
    .description('what crosses the border of our records, and of the other gate’s as its log has told')
    .requiredOption('--data <dir>', 'data folder of the gate')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { showFilters } = await import('./handover/filter.ts');
      finish(await showFilters(options));
    });
}
