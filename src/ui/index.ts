/** UI components: plain data in, events out. They import only number formatting from the core. */
import './base.css';
import './fonts.css';
import './strictStyles';

export { download } from './download';
export { Ask } from './Ask';
export { BarFigure, BarRows } from './BarFigure';
export { Blank } from './Blank';
export { Button, IconButton, TextAction } from './Button';
export { CheckpointSelect, CheckpointSummary, RunSelect } from './Checkpoint';
export { CommandPalette, KeyHelp } from './CommandPalette';
export { cx } from './cx';
export { Correction } from './Correction';
export { DecidedWords } from './DecidedWords';
export { Dialog } from './Dialog';
export { DropZone, FileAction, FileButton } from './DropZone';
export { PageDrop } from './PageDrop';
export { Pager } from './Pager';
export { filesOfList, type DroppedFile } from './droppedFiles';
export { EncodingChoice } from './EncodingChoice';
export { EncodingDialog } from './EncodingDialog';
export { FieldRow } from './FieldRow';
export { Fold } from './Fold';
export { loadFonts } from './fonts';
export { Frame, LiveRegion } from './Frame';
export { Histogram, type HistogramBound } from './Histogram';
export { Icon, type Tone, toneIcon } from './Icon';
export { LabelBars } from './LabelBars';
export { FINDING_WORDS, type Finding, FINDINGS, LabelTable } from './LabelTable';
export { LineChoice } from './LineChoice';
export { ExampleMatrix } from './ExampleMatrix';
export { Matrix } from './Matrix';
export { MenuButton, type MenuEntry } from './Menu';
export { EmptyState, Failure, Notice, Verdict, type FailureProps } from './Notice';
export { EmptyStage } from './EmptyStage';
export { formatMoment } from './moment';
export { NextButton } from './NextButton';
export { NumberField } from './NumberField';
export { formatExact } from './numbers';
export { NumberStrip, type Reading } from './NumberStrip';
export { Passage } from './Passage';
export { Reel, useReel, type ReelSample } from './Reel';
export { earlyPlace } from '../core/charts/scale';
export { Progress } from './Progress';
export { Quantity } from './Quantity';
export { Rail } from './Rail';
export { RowProblems } from './RowProblems';
export { RadioList } from './RadioList';
export { Reliability } from './Reliability';
export { Segmented } from './Segmented';
export { Select, type Option } from './Select';
export { useHeldFocus } from './heldFocus';
export { focusFind, focusHeading, focusPane, useShortcuts, type Action } from './shortcuts';
export { SizeDial } from './SizeDial';
export { Slider } from './Slider';
export { Block, FirstStage, Pane, PaneHead, Panes, Stage } from './Stage';
export { default as scroll } from './scroll.module.css';
export { SettingsForm } from './SettingsForm';
export { StageTabs, type StageTab } from './StageTabs';
export { Swatch } from './Swatch';
export { Checkbox, Switch } from './Switch';
export { TableToggle } from './TableToggle';
export { TabbedPane } from './TabbedPane';
export { Bar, Table, type Column, type SortOrder } from './Table';
export { Term, TermLabel } from './Term';
export { GlossaryContext, type Glossary } from './glossary';
export { default as text } from './text.module.css';
export { SearchField, TextField } from './TextField';
export { Toasts } from './Toasts';
export {
  RampLegend,
  rampStep,
  SurpriseLegend,
  surpriseStep,
  TokenChip,
  TokenText,
  type RampStep,
  type TokenView,
} from './Tokens';
export { TopStrip, type StripFact } from './TopStrip';
export { LeakNotice } from './LeakNotice';
export { SettingsDiffer } from './SettingsDiffer';
