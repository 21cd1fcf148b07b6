/** npm run export: writes a model from grow, the app or elsewhere in the format of another tool. */
import { template } from '../scripts/templates';
import { formatBytes } from '../src/core/base/units';
import { FORMAT_IDS } from '../src/core/export/cards';
import { type Format, formatWords } from '../src/core/export/format';
import { FORMATS } from '../src/core/export/formats';
import type { RunInfo } from '../src/core/export/homegrownJson';
import { checkWords } from '../src/jobs/verifyExport';
import { checkExportPlace, type ExportedFile, exportModel } from '../node/folders/exportModel';
import { MERGED_ADAPTER_FLAG } from './mergedAdapterFlag';
import { MIX, mixedPath, typedAverage } from './mix';
import type { Values } from './options';
import { command, interruptible, print, stderr } from './terminal';
import { usedStep } from './stepWords';

const OPTIONS = {
  from: { kind: 'text', path: 'reads', help: 'Folder, zip or GGUF file of the model' },
  adapter: MERGED_ADAPTER_FLAG,
  mix: { kind: 'text', path: 'reads', pathIn: mixedPath, otherwise: 'nothing', help: MIX },
  format: {
    kind: 'choice',
    of: FORMAT_IDS,
    help: 'Format',
    choices: FORMAT_IDS.map((id) => formatWords(FORMATS[id])),
  },
  out: { kind: 'text', path: 'writes', help: 'File or folder to write' },
  optimizer: { kind: 'switch', help: 'Include optimizer state to resume training, if the format supports it' },
  json: { kind: 'switch', help: 'Print one JSON object per line: the files written' },
} as const;

async function run(values: Values<typeof OPTIONS>): Promise<number> {
  const { from, adapter, mix, format, out, optimizer, json } = values;
  const writer: Format = FORMATS[format];
  const request = {
    from,
    adapter,
    average: typedAverage(mix),
    format: writer,
    out,
    withOptimizer: optimizer,
    template,
  };
  const mark = await checkExportPlace(request);
  const reporter = {
    say: (line: string): unknown => stderr.write(`${line}\n`),
    written({ place, bytes, files, check }: ExportedFile, info: RunInfo | null): void {
      const { json: step } = usedStep(info, [adapter, mix]);
      const count = writer.kind === 'folder' ? ` in ${files} files` : '';
      const checked = check ? `, ${checkWords(check)}` : '';
      print(
        json
          ? JSON.stringify({ out: place, bytes, files, ...(check && { check }), ...step })
          : `${place}: ${formatBytes(bytes)}${count}${checked}`,
      );
    },
  };
  const { info, warning, code } = await exportModel(request, mark, reporter, interruptible());
  const { words } = usedStep(info, [adapter, mix]);
  if (words !== undefined && !json) reporter.say(words);
  if (warning !== null) reporter.say(warning.replaceAll('`', ''));
  return code;
}

const examples = [
  '--from my-model --format gguf-f16 --out my-model.gguf',
  '--from my-model --format html --out whale.html',
];
const about = 'Exports a model in the format of another tool.';
export const exportCommand = command({ name: 'export', about, options: OPTIONS, examples, run });
