/** The interface's parts: simple data in, events out. Of ours they import how numbers are written, and know nothing of models. */
import './base.css';
import './fonts.css';
import './strictStyles';

export { download } from './download';
export { Ask, type AskProps } from './Ask';
export { BarFigure, BarRows, type BarFigureProps, type BarRow } from './BarFigure';
export { Blank } from './Blank';
export { Button, IconButton, TextAction, type ButtonProps, type IconButtonProps } from './Button';
export {
  CheckpointSelect,
  CheckpointSummary,
  RunSelect,
  type CheckpointSelectProps,
  type CheckpointSummaryProps,
  type RunSelectProps,
} from './Checkpoint';
export { CommandPalette, KeyHelp } from './CommandPalette';
export { cx } from './cx';
export { Correction, type CorrectionProps } from './Correction';
export { DecidedWords, type DecidedWordsProps } from './DecidedWords';
export { Dialog, type DialogProps } from './Dialog';
export { DropZone, FileAction, FileButton, type DropZoneProps, type FileButtonProps } from './DropZone';
export { PageDrop, type PageDropProps } from './PageDrop';
export { Pager, type PagerProps } from './Pager';
export { filesOfList, type DroppedFile } from './droppedFiles';
export { EncodingChoice, type EncodingChoiceProps, type Proposed } from './EncodingChoice';
export { EncodingDialog, type EncodingDialogProps } from './EncodingDialog';
export { FieldRow, type FieldRowProps } from './FieldRow';
export { Fold } from './Fold';
export { loadFonts } from './fonts';
export { Frame, LiveRegion } from './Frame';
export { Histogram, type HistogramBound, type HistogramProps } from './Histogram';
export { Icon, type Tone, toneIcon } from './Icon';
export type { IconName } from './icons';
export { LabelBars, type LabelBarsProps } from './LabelBars';
export { FINDING_WORDS, type Finding, FINDINGS, LabelTable, type LabelTableProps } from './LabelTable';
export { LineChoice, type LineChoiceProps } from './LineChoice';
export { ExampleMatrix } from './ExampleMatrix';
export { Matrix, type MatrixProps } from './Matrix';
export { MenuButton, type MenuButtonProps, type MenuEntry } from './Menu';
export {
  EmptyState,
  Failure,
  Notice,
  Verdict,
  type FailureProps,
  type NoticeProps,
  type VerdictProps,
  type VerdictSign,
} from './Notice';
export { EmptyStage } from './EmptyStage';
export { formatMoment } from './moment';
export { NextButton, type NextButtonProps } from './NextButton';
export { NumberField, type NumberFieldProps } from './NumberField';
export { formatExact } from './numbers';
export { NumberStrip, type Reading } from './NumberStrip';
export { Passage, type PassageProps } from './Passage';
export { Reel, useReel, type ReelSample } from './Reel';
export { earlyPlace } from '../core/charts/scale';
export { Progress, type ProgressProps } from './Progress';
export { Quantity } from './Quantity';
export { Rail, type RailGroup, type RailProps, type RailSign, type RailStage } from './Rail';
export { runColor, type RunColor } from './runColor';
export { RowProblems, type RowProblemsProps } from './RowProblems';
export { RadioList, type RadioListProps } from './RadioList';
export { Reliability, type ReliabilityProps, type SureBin } from './Reliability';
export { Segmented, type SegmentedProps } from './Segmented';
export { Select, type Option, type SelectProps } from './Select';
export { useHeldFocus } from './heldFocus';
export { focusFind, focusHeading, focusPane, formatKeys, useShortcuts, type Action } from './shortcuts';
export { formatSize, SizeDial, type SizeDialProps } from './SizeDial';
export { Slider, type SliderProps } from './Slider';
export {
  Block,
  FirstStage,
  Pane,
  PaneHead,
  Panes,
  Stage,
  type PaneProps,
  type PanesProps,
  type StageProps,
} from './Stage';
export { default as scroll } from './scroll.module.css';
export { SettingsForm } from './SettingsForm';
export { StageTabs, type StageTab } from './StageTabs';
export { Swatch } from './Swatch';
export { Checkbox, Switch, type SwitchProps } from './Switch';
export { TableToggle } from './TableToggle';
export { TabbedPane, type TabbedPaneProps } from './TabbedPane';
export { Bar, Table, type Column, type SortOrder, type TableProps } from './Table';
export { Term, TermLabel } from './Term';
export { GlossaryContext, type Glossary } from './glossary';
export { default as text } from './text.module.css';
export { SearchField, TextField, type TextFieldProps } from './TextField';
export { Toasts, type ToastEntry } from './Toasts';
export {
  RampLegend,
  rampStep,
  SurpriseLegend,
  surpriseStep,
  TokenChip,
  TokenText,
  type RampStep,
  type TokenTextProps,
  type TokenView,
} from './Tokens';
export { Tooltip } from './Tooltip';
export { TopStrip, type StripFact, type TopStripProps } from './TopStrip';
export { LeakNotice, type LeakNoticeProps } from './LeakNotice';
export { SettingsDiffer, type SettingsDifferProps } from './SettingsDiffer';
