import { learntOf, type TextRecord } from '../documents/record';
import type { RunInfo } from './homegrownJson';

/** With what is stated of the texts' licences by now, of those that are still here as they were learnt. */
export function withLicences(info: RunInfo, texts: readonly TextRecord[]): RunInfo {
  const stated = new Map(
    texts.flatMap((text) => [text.sha256, learntOf(text).sha256].map((hash) => [hash, text.licence])),
  );
  const told = <T extends { sha256: string }>(text: T): T => {
    const licence = stated.get(text.sha256);
    return licence === undefined || licence === null ? text : { ...text, licence };
  };
  const [first, ...rest] = info.segments.map((segment) => {
    return { ...segment, data: segment.data && { ...segment.data, texts: segment.data.texts.map(told) } };
  }) as [RunInfo['segments'][0], ...RunInfo['segments'][0][]];
  return { ...info, segments: [first, ...rest] };
}
