import { trainingSize, type TextRecord } from '../documents/record';
import type { DataFacts } from '../runs/settings';
import type { RunInfo } from './homegrownJson';

type TrainingText = DataFacts['texts'][number];

/**
 * Adds the current licenses of texts that are still stored unchanged since training, without withdrawn ones. An
 * imported model keeps its licenses, unless others are stated here.
 */
export function withLicences(info: RunInfo, texts: readonly TextRecord[]): RunInfo {
  const cameIn = info.origin !== undefined || info.parent?.how === 'import';
  const stated = new Map(
    texts.flatMap((text) => [text.sha256, trainingSize(text).sha256].map((hash) => [hash, text.licence])),
  );
  const withCurrent = ({ licence: recorded, ...text }: TrainingText): TrainingText => {
    const now = stated.get(text.sha256);
    const licence = now ?? (now === undefined || cameIn ? recorded : undefined);
    return { ...text, ...(licence !== undefined && { licence }) };
  };
  const [first, ...rest] = info.segments.map((segment) => {
    return { ...segment, data: segment.data && { ...segment.data, texts: segment.data.texts.map(withCurrent) } };
  }) as [RunInfo['segments'][0], ...RunInfo['segments'][0][]];
  return { ...info, segments: [first, ...rest] };
}
