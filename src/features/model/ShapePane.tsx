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
  const characters = useCharactersPerToken(situation);
  const each = spec.headWidth(config);
  const hints: Partial<Record<SizeName, string>> = {
    heads: Number.isInteger(each) ? `${formatCount(each)} wide each` : '',
    width: each * config.heads === config.width ? `a multiple of ${formatCount(config.heads)}` : '',
    context: characters ? `≈ ${formatCount(Number((config.context * characters).toPrecision(2)))} characters` : '',
  };
  const names = Object.keys(spec.fields) as SizeName[];
  const isSeldom = (name: SizeName): boolean => spec.fields[name].row === 'seldom';
  const row = (name: SizeName) => {
    const stated = spec.fields[name] as SizeField;
    const isWidth = stated.kind === 'whole' && name === 'width';
    const field = isWidth ? { ...stated, step: config.heads } : stated;
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
        {names.filter((name) => !isSeldom(name)).map(row)}
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
      {names.some(isSeldom) && (
        <Fold className={styles.fold} summary="Advanced">
          <div className={styles.foldBody}>{names.filter(isSeldom).map(row)}</div>
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
  const characters = useStudio((s) => s.texts.reduce((n, { characters }) => n + characters, 0));
  const tokens = useStudio((s) => {
    const size = textSize(s);
    return size && size.train + size.validation;
  });
  return text && tokens ? characters / tokens : undefined;
}
