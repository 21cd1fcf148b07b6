/** README.md of a model, with all formats. */
import { allFormats } from '../core/export/formats';
import type { RunInfo } from '../core/export/homegrownJson';
import { modelCard } from '../core/export/modelCard';

export const cardOf = (info: RunInfo): string => modelCard(info, allFormats());
