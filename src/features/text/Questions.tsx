import { useState } from 'react';
import { useLocation } from 'wouter';
import { counted } from '../../core/base/units';
import { upperFirst } from '../../core/base/firstLetter';
import { type EncodingId, encodingName } from '../../core/documents/encodings';
import { MARKUPS, type MarkupId } from '../../core/documents/markup';
import { remedy } from '../../state/failures';
import {
  answer,
  answerWords,
  firstQuestion,
  isSkipOnly,
  type Question,
  questionsOf,
  encodingAnswer,
} from '../../state/questions';
import { useStudio, useStudioStore } from '../../state/react';
import { unsavedFiles } from '../../state/saved';
import { useNextStep } from '../../state/useNextStep';
import { Ask, Button, LineChoice, Select } from '../../ui';
import { countedKinds } from './countedKinds';
import styles from './Questions.module.css';
import { namesOf, type RowProps, SkipButton } from './questionParts';
import { TableRow } from './TableRow';
import type { WaitingFile } from '../../state/slices/adding';

/** Questions about dropped files, one row each, above the table of texts. */
export function Questions() {
  const questions = useStudio(questionsOf);
  const [, go] = useLocation();
  const next = useNextStep('text', go);
  const count = useStudio(unsavedFiles);
  if (questions.length === 0) return null;
  const isAnswer = next?.kind === 'answer' || next?.kind === 'train-classifier';
  const first = isAnswer ? firstQuestion(questions) : undefined;
  return (
    <div role="group" aria-label="Questions about dropped files">
      {questions.map((question) => (
        <QuestionRow
          key={question.id}
          question={question}
          filled={question === first ? next?.label : undefined}
          onGo={go}
        />
      ))}
      <p className={styles.unsaved}>
        {count === 1 ? 'This file isn’t' : `These ${counted(count, 'file')} aren’t`} saved yet, and training leaves{' '}
        {count === 1 ? 'it' : 'them'} out. Answer before you train, reload, or close this page.
      </p>
    </div>
  );
}

function QuestionRow({ question, filled, onGo }: RowProps) {
  switch (question.kind) {
    case 'table':
      return <TableRow question={question} filled={filled} onGo={onGo} />;
    case 'encoding':
      return <EncodingRow question={question} filled={filled} onGo={onGo} />;
    case 'looking':
      return <Ask icon="file" title={`Reading ${namesOf(question.files)}`} />;
    case 'rows':
    case 'markup':
    case 'unread':
      return <TextRow question={question} filled={filled} onGo={onGo} />;
    default:
      return question satisfies never;
  }
}

function TextRow({ question, filled }: RowProps<Extract<Question, { kind: 'rows' | 'markup' | 'unread' }>>) {
  const store = useStudioStore();
  const { title, why } = wordsOf(question);
  return (
    <Ask
      icon={question.kind === 'unread' ? 'table' : 'file'}
      title={title}
      actions={
        <>
          {!isSkipOnly(question) && <SkipButton files={question.files} />}
          <Button
            isDense
            variant={filled === undefined ? 'default' : 'go'}
            onPress={() => void answer(store.getState(), question)}
          >
            {answerWords(question)}
          </Button>
        </>
      }
    >
      <p>{why}</p>
    </Ask>
  );
}

interface QuestionWords {
  title: string;
  why: string;
}

function wordsOf(question: Extract<Question, { kind: 'rows' | 'markup' | 'unread' }>): QuestionWords {
  const { files } = question;
  const isOne = files.length === 1;
  switch (question.kind) {
    case 'rows': {
      const { listed } = question.files[0]!.failure.rows;
      return {
        title: `${namesOf(files)}: ${counted(question.count, 'row')} can’t be read`,
        why: listed
          .slice(0, 3)
          .map(({ place, problem }) => `${upperFirst(place)} ${problem}.`)
          .join(' '),
      };
    }
    case 'markup':
      return {
        title: `${namesOf(files)}: train on ${isOne ? 'its' : 'their'} markup too?`,
        why: `${countedKinds(question.files)}. The model learns tags, quotes and commas too.`,
      };
    case 'unread':
      return unreadWords(question);
    default:
      return question satisfies never;
  }
}

/** Offers to use a text file with invalid JSON or table syntax as plain text. Several files show no single reason. */
function unreadWords({ files, failure }: Extract<Question, { kind: 'unread' }>): QuestionWords {
  const [{ kind }] = files as readonly [WaitingFile];
  const isOne = files.length === 1;
  if (!isMarkup(kind)) {
    const why = isOne ? [failure.message, remedy(failure)].filter(Boolean).join(' ') : 'Save them again, or skip them.';
    return { title: `${namesOf(files)} can’t be read`, why };
  }
  const { one, many } = MARKUPS[kind];
  return {
    title: isOne ? `${namesOf(files)} isn’t a valid ${one}` : `${namesOf(files)} aren’t valid ${many}`,
    why: isOne ? `${failure.message} Use it as plain text, or skip it.` : 'Use them as plain text, or skip them.',
  };
}
const isMarkup = (kind: WaitingFile['kind']): kind is MarkupId => Object.hasOwn(MARKUPS, kind);

function EncodingRow({ question, filled }: RowProps<Extract<Question, { kind: 'encoding' }>>) {
  const store = useStudioStore();
  const { files, proposals } = question;
  const [chosen, setChosen] = useState<EncodingId>(proposals[0]!.encoding);
  const likely = proposals.slice(0, SHOWN_AT_FIRST);
  const chosenProposal = proposals.find(({ encoding }) => encoding === chosen);
  const shown = chosenProposal && !likely.includes(chosenProposal) ? [...likely, chosenProposal] : likely;
  const otherProposals = proposals.filter((proposal) => !shown.includes(proposal));
  const [first] = files;
  // The file was read in another, wrong encoding before.
  const wrongEncoding = (first && 'failure' in first ? first.dropped : first)?.reading?.encoding;
  return (
    <Ask
      icon="file"
      title={`${namesOf(files)}: which line looks right?`}
      actions={
        <>
          <SkipButton files={question.files} />
          <Button
            isDense
            variant={filled === undefined ? 'default' : 'go'}
            onPress={() => void answer(store.getState(), question, chosen)}
          >
            {encodingAnswer(chosen, files.length)}
          </Button>
        </>
      }
    >
      {wrongEncoding && <p>It isn’t {encodingName(wrongEncoding)}.</p>}
      {files.length > 1 && <p>Lines from {first!.name}</p>}
      <LineChoice
        label="Encodings, likeliest first"
        value={chosen}
        onChange={setChosen}
        options={shown.map(({ encoding, lines }) => ({
          value: encoding,
          label: encodingName(encoding),
          line: lines[0] ?? '',
        }))}
      />
      {otherProposals.length > 0 && (
        <div className={styles.more}>
          <Select
            label="Another encoding"
            layout="bare"
            value={null}
            placeholder={otherProposals.length === 1 ? '1 other encoding' : `${otherProposals.length} other encodings`}
            onChange={setChosen}
            options={otherProposals.map(({ encoding, lines }) => ({
              value: encoding,
              label: encodingName(encoding),
              hint: lines[0] ?? '',
            }))}
          />
        </div>
      )}
    </Ask>
  );
}
/** Number of encodings shown at first. */
const SHOWN_AT_FIRST = 2;
