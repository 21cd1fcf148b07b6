import { formatCount } from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { type SizeField, type SizeName, sizesOf } from '../../core/models/spec';
import { textSize } from '../../state/estimate';
import { useStudio } from '../../state/react';
import { Block, FieldRow, Fold, Pane, TextAction } from '../../ui';
import { epochs, type Situation } from './doctor';
import type { Findings } from './findings';
import { RecipeRow } from './RecipeRow';
import { ArchitecturePicture } from './ArchitecturePicture';
import styles from './ModelPage.module.css';

/** Form for the sizes of the architecture. */
export function ShapePane({ situation, findings }: { situation: Situation; findings: Findings }) {
  const draft = useStudio((s) => s.project.model);
  const setModel = useStudio((s) => s.setModel);
  const change = useStudio((s) => s.change);
  const tokenizer = useStudio((s) => s.project.tokenizer);
  const { config, byHand } = draft;
  const sizes = sizesOf(config);
  const spec = modelSpec(draft.id);
  const { vocabulary } = situation.model;
  const charactersPerToken = useCharactersPerToken(situation);
  const headWidth = spec.headWidth(config);
  const hints: Partial<Record<SizeName, string>> = {
    heads: Number.isInteger(headWidth) ? `${formatCount(headWidth)} wide each` : '',
    width: headWidth * config.heads === config.width ? `a multiple of ${formatCount(config.heads)}` : '',
    context: charactersPerToken
      ? `≈ ${formatCount(Number((config.context * charactersPerToken).toPrecision(2)))} characters`
      : '',
  };
  const names = Object.keys(spec.fields) as SizeName[];
  const isAdvanced = (name: SizeName): boolean => spec.fields[name].row === 'seldom';
  const renderField = (name: SizeName) => {
    const sizeField = spec.fields[name] as SizeField;
    const isWidth = sizeField.kind === 'whole' && name === 'width';
    const field = isWidth ? { ...sizeField, step: config.heads } : sizeField;
    return (
      <FieldRow
        key={name}
        field={field}
        value={sizes[name]!}
        onChange={(value) => setModel(name, value)}
        hint={hints[name] || field.hint || boundsWords(field)}
        error={findings.stop(name)}
        isCautioned={findings.isCautioned(name)}
      />
    );
  };
  return (
    <Pane
      title="Shape"
      aside={
        byHand.length > 0 ? (
          <TextAction
            label={`${formatCount(byHand.length)} set by hand: reset to the dial`}
            onPress={() => change({ model: { ...draft, byHand: [] } })}
          >
            {formatCount(byHand.length)} set by hand, reset
          </TextAction>
        ) : (
          <span className={styles.aside}>from the dial</span>
        )
      }
    >
      <Block isForm>
        {names.filter((name) => !isAdvanced(name)).map(renderField)}
        <div className={styles.fixed}>
          <span>
            Vocabulary
            <small>{tokenizer ? 'from the tokenizer' : 'planned'}</small>
          </span>
          <b>{formatCount(vocabulary)}</b>
        </div>
        <RecipeRow
          name="dropout"
          facts={{ tokensPerStep: situation.estimate.tokensPerStep, epochs: epochs(situation) }}
          findings={findings}
        />
      </Block>
      {names.some(isAdvanced) && (
        <Fold className={styles.fold} summary="Advanced">
          <div className={styles.foldBody}>{names.filter(isAdvanced).map(renderField)}</div>
        </Fold>
      )}
      <ArchitecturePicture model={situation.model} />
    </Pane>
  );
}

const boundsWords = (field: SizeField): string | undefined =>
  field.kind === 'switch' || field.kind === 'choice'
    ? undefined
    : `${formatCount(field.min)} to ${formatCount(field.max)}`;

function useCharactersPerToken({ text }: Situation): number | undefined {
  const characters = useStudio((s) => s.texts.reduce((sum, { characters }) => sum + characters, 0));
  const tokens = useStudio((s) => {
    const size = textSize(s);
    return size && size.train + size.validation;
  });
  return text && tokens ? characters / tokens : undefined;
}
