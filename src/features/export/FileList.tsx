import { formatBytes } from '../../core/base/units';
import { useStudio } from '../../state/react';
import { PaneHead, Table, type Column } from '../../ui';

type File = { name: string; size: number };

/** What is in the zip that was written last. */
export function FileList() {
  const exported = useStudio((s) => s.exported);
  if (!exported) return null;
  return (
    <>
      <PaneHead title="In the zip" hint={exported.name} />
      <Table label="Files in the zip" columns={COLUMNS} rows={exported.files} rowKey={({ name }) => name} isDense />
    </>
  );
}

const HOLDS: Readonly<Record<string, string>> = {
  'model.safetensors': 'weights, 32-bit floats',
  'optimizer.safetensors': 'what training needs to go on',
  'config.json': 'architecture and size',
  'tokenizer.json': 'the vocabulary and how text is cut',
  'tokenizer_config.json': 'how the tokenizer is loaded',
  'generation_config.json': 'how text ends',
  'README.md': 'the model card',
  'homegrown.json': 'settings, step and results, for bringing it back',
};

const COLUMNS: readonly Column<File>[] = [
  { id: 'name', header: 'File', cell: ({ name }) => name },
  { id: 'holds', header: 'Holds', cell: ({ name }) => HOLDS[name] ?? '', isQuiet: true, leaveOut: 'phone' },
  { id: 'size', header: 'Size', cell: ({ size }) => formatBytes(size), isNumber: true },
];
