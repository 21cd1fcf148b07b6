/** README.md of a model, with all formats. */
import { allFormats } from '../export/formats';
import type { RunInfo } from '../export/homegrownJson';
import { modelCard } from '../export/modelCard';

export const cardOf = (info: RunInfo): string => modelCard(info, allFormats());
