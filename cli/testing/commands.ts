/** Every command by its name, to be run in the process of a test (run.ts). */
import * as tf from '@tensorflow/tfjs';
import { WRITING } from '../../src/core/evaluate/writing';
import { TRAINING_SAMPLE } from '../../src/core/sample/trainingSample';
import { benchCommands } from '../bench';
import { classifyCommand } from '../classify';
import { compareCommand } from '../compare';
import { evaluateCommand } from '../evaluate';
import { exportCommand } from '../export';
import { glossaryCommand } from '../glossary';
import { growCommand } from '../grow';
import { inspectCommand } from '../inspect';
import { type Output, writingTo } from '../../node/output';
import { prepareCommand } from '../prepare';
import { runsCommand } from '../runs';
import { sampleCommand } from '../sample';
import { scoreCommand } from '../score';
import { type Commands, perform, report } from '../terminal';
import { tuneCommand } from '../tune';

export const COMMANDS: Readonly<Record<string, Commands>> = {
  bench: benchCommands,
  classify: [classifyCommand],
  compare: [compareCommand],
  evaluate: [evaluateCommand],
  export: [exportCommand],
  glossary: [glossaryCommand],
  grow: [growCommand],
  inspect: [inspectCommand],
  prepare: [prepareCommand],
  runs: [runsCommand],
  sample: [sampleCommand],
  score: [scoreCommand],
  tune: [tuneCommand],
};

/**
 * Runs a command to its end, and frees its tensors.
 * @param typed the command's name and what follows it
 * @param textTokens length of the texts that models write to be shown or measured; undefined: as users get them
 * @returns the exit code
 */
export async function runCommand(
  typed: readonly string[],
  output: Output,
  textTokens: number | undefined,
): Promise<number> {
  const [name = '', ...args] = typed;
  const commands = COMMANDS[name];
  if (!commands) throw new Error(`Unknown command '${name}'.`);
  const { tokens } = WRITING;
  const { length } = TRAINING_SAMPLE;
  if (textTokens !== undefined) setTextTokens(textTokens, textTokens);
  const engine = tf.engine();
  engine.startScope();
  try {
    return await writingTo(output, async () => {
      try {
        return await perform(commands, args);
      } catch (error) {
        return report(error, args.includes('--json'));
      }
    });
  } finally {
    engine.endScope();
    tf.disposeVariables();
    setTextTokens(tokens, length);
  }
}

function setTextTokens(tokens: number, length: number): void {
  Object.assign(WRITING, { tokens });
  Object.assign(TRAINING_SAMPLE, { length });
}
