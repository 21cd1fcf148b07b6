import { useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useSearch } from 'wouter';
import { searchTerms, termSentence, type RunNumbers } from '../../core/glossary/sentence';
import { otherNames, TERM_IDS, termName } from '../../core/glossary/terms';
import { formatCount } from '../../core/base/units';
import { EmptyState, GlossaryContext, Pane, Panes, SearchField, Stage, TextAction } from '../../ui';
import styles from './Glossary.module.css';

/** All terms with definitions, and a search over both. `?term=perplexity` opens a term, `?find=nat` searches. */
export function Glossary() {
  const search = new URLSearchParams(useSearch());
  const find = search.get('find') ?? '';
  return <Terms key={find} find={find} asked={search.get('term')} />;
}

/** @param find initial query */
function Terms({ find, asked }: { find: string; asked: string | null }) {
  const [query, setQuery] = useState(find);
  const numbers = useNumbers();
  const found = useMemo(() => searchTerms(query), [query]);
  const chosen = useRef<HTMLDivElement>(null);
  useEffect(() => {
    chosen.current?.scrollIntoView({ block: 'center' });
  }, [asked]);
  return (
    <Stage
      title="Glossary"
      summary={
        <>
          <b>{formatCount(TERM_IDS.length)}</b> terms of the field in plain words
        </>
      }
    >
      <Panes columns="minmax(0, 1fr)">
        <Pane title="All terms" aside={<SearchField label="Find a term" value={query} onChange={setQuery} />}>
          {found.length === 0 ? (
            <EmptyState action={<TextAction onPress={() => setQuery('')}>Show all terms</TextAction>}>
              No term matches “{query.trim()}”
            </EmptyState>
          ) : (
            <dl className={styles.terms}>
              {found.map((id) => {
                const others = otherNames(id).filter((name) => name.toLowerCase() !== termName(id).toLowerCase());
                return (
                  <div key={id} {...(id === asked && { ref: chosen, 'data-chosen': true })}>
                    <dt>
                      {termName(id)}
                      {others.length > 0 && <small>{others.join(', ')}</small>}
                    </dt>
                    <dd>{termSentence(id, numbers)}</dd>
                  </div>
                );
              })}
            </dl>
          )}
        </Pane>
      </Panes>
    </Stage>
  );
}

const NO_NUMBERS: RunNumbers = {};

/** Numbers of the project's run at the time the page opens. */
function useNumbers(): RunNumbers {
  const glossary = useContext(GlossaryContext);
  const [numbers, setNumbers] = useState(NO_NUMBERS);
  useEffect(() => {
    glossary?.numbers().then(setNumbers, () => undefined); // Definitions stay without numbers.
  }, [glossary]);
  return numbers;
}
