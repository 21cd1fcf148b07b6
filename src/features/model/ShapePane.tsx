import { formatCount } from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { type SizeName, sizesOf } from '../../core/models/spec';
import { textSize } from '../../state/estimate';
import { useStudio } from '../../state/react';
import { Block, NumberField, Pane, TextAction } from '../../ui';
import { epochs, type Situation } from './doctor';
import type { Findings } from './findings';
import { RecipeRow } from './RecipeRow';
import { TokenPath } from './TokenPath';
import styles from './ModelPage.module.css';

/** The form that the architecture's own specification draws. */
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
  const hints: Partial<Record<SizeName, string>> = {
    heads: config.width % config.heads === 0 ? `each ${formatCount(config.width / config.heads)} wide` : '',
    width: `a multiple of ${formatCount(config.heads)}`,
    context: characters ? `≈ ${formatCount(Number((config.context * characters).toPrecision(2)))} characters` : '',
  };
  return (
    <Pane
      title="Shape"
      aside={
        byHand.length > 0 ? (
          <TextAction
            label={`${formatCount(byHand.length)} set by hand: give back to the dial`}
            onPress={() => change({ model: { ...draft, byHand: [] } })}
          >
            {formatCount(byHand.length)} set by hand
          </TextAction>
        ) : (
          <span className={styles.aside}>from the dial</span>
        )
      }
    >
      <Block isForm>
        {(Object.keys(spec.fields) as SizeName[]).map((key) => {
          const { label, min, max, kind, unit, hint } = spec.fields[key];
          return (
            <NumberField
              key={key}
              label={label}
              value={sizes[key]!}
              onChange={(value) => setModel(key, value)}
              min={min}
              max={max}
              isWhole={kind === 'whole'}
              step={key === 'width' ? config.heads : 1}
              hint={hints[key] || hint || `${formatCount(min)} to ${formatCount(max)}`}
              error={findings.stop(key)}
              isCautioned={findings.isCautioned(key)}
              {...(unit && { unit })}
            />
          );
        })}
        <div className={styles.fixed}>
          <span>
            Vocabulary
            <small>{tokenizer ? 'from the tokenizer' : 'from the tokenizer to come'}</small>
          </span>
          <b>{formatCount(vocabulary)}</b>
        </div>
        <RecipeRow
          name="dropout"
          facts={{ tokensPerStep: situation.estimate.tokensPerStep, epochs: epochs(situation) }}
          findings={findings}
        />
      </Block>
      <TokenPath situation={situation} />
    </Pane>
  );
}

function useCharactersPerToken({ text }: Situation): number | undefined {
  const characters = useStudio((s) => s.texts.reduce((n, { characters }) => n + characters, 0));
  const tokens = useStudio((s) => {
    const size = textSize(s);
    return size && size.train + size.validation;
  });
  return text && tokens ? characters / tokens : undefined;
}
