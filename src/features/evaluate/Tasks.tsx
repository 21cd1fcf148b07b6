import { useState } from 'react';
import { counted } from '../../core/base/units';
import {
  TASK_BASELINES,
  TASK_METRICS,
  type TaskBaselineId,
  type TaskMetricId,
  type TaskScores,
} from '../../core/evaluate/tasks';
import { askRefusal, listsOfRun, shownAsking, shownLists } from '../../state/lists';
import { useStudio } from '../../state/react';
import type { Studio } from '../../state/slices/studio';
import { Block, Button, FileButton, Pane, Switch, TextAction } from '../../ui';
import { WorkStatus } from './WorkStatus';
import { ScoreByStep } from './ScoreByStep';
import { UnscoredNote } from './UnscoredNote';
import styles from './Lists.module.css';
import { OtherList } from './OtherList';
import { Shares } from './Shares';

/** Tables of prompts with answers or choices. */
export function TasksPane() {
  const ownTasks = useStudio((s) => s.ownTasks);
  const scoredTasks = useStudio((s) => shownLists(s)?.evaluation.tasks) ?? NO_TASKS;
  const work = useStudio((s) => shownAsking(s, 'tasks'));
  const reading = useStudio((s) => s.readingTasks);
  const addTasks = useStudio((s) => s.addTasks);
  return (
    <Pane
      title="Your tasks"
      aside={
        <FileButton
          isDense
          disabledReason={reading.kind === 'busy' ? 'Reading another table' : undefined}
          accept=".csv,.tsv,.jsonl"
          onFiles={(files) => void addTasks(files.map(({ file }) => file))}
        >
          Add table…
        </FileButton>
      }
    >
      {work.kind !== 'busy' && <WorkStatus work={reading}>{null}</WorkStatus>}
      <WorkStatus work={work}>
        {scoredTasks.map((task) => (
          <TaskBlock key={task.name} task={task} />
        ))}
        <UnscoredNote list="tasks" />
        {ownTasks.length > 0 && <OwnTasks tasks={ownTasks} />}
        {ownTasks.length === 0 && <NoTasksNote hasScores={scoredTasks.length > 0} />}
      </WorkStatus>
    </Pane>
  );
}
const NO_TASKS: readonly TaskScores[] = [];

function NoTasksNote({ hasScores }: { hasScores: boolean }) {
  return (
    <Block>
      <p className={styles.words}>
        {hasScores
          ? "Scores are saved, tables aren't. Add a table again to score other checkpoints"
          : 'Add a CSV with columns prompt and answer, and choices for multiple choice. Each row is a question to the model.'}
      </p>
    </Block>
  );
}

/** The user's tables, with buttons that score or remove them. */
function OwnTasks({ tasks }: { tasks: Studio['ownTasks'] }) {
  const removeTask = useStudio((s) => s.takeTask);
  const isAutomatic = useStudio((s) => s.asksTasksAlways);
  const setAutomatic = useStudio((s) => s.askTasksAlways);
  const askLists = useStudio((s) => s.askLists);
  const refusal = useStudio(askRefusal);
  return (
    <Block>
      <div className={styles.ways}>
        <p className={styles.words}>
          {tasks.map(({ name, items }) => (
            <span key={name} className={styles.own}>
              {`${name}, ${counted(items.length, 'row')}`}
              <TextAction label={`Remove ${name}`} onPress={() => removeTask(name)}>
                Remove
              </TextAction>
            </span>
          ))}
        </p>
        <span className={styles.row}>
          <Button isDense disabledReason={refusal} onPress={() => void askLists('tasks', { tasks }, 'shown')}>
            Score this checkpoint
          </Button>
          <Button isDense disabledReason={refusal} onPress={() => void askLists('tasks', { tasks }, 'all')}>
            Score all checkpoints
          </Button>
        </span>
        <Switch label="Score at every evaluation" isOn={isAutomatic} onChange={setAutomatic} />
      </div>
    </Block>
  );
}

function TaskBlock({ task }: { task: TaskScores }) {
  const [isOpen, setOpen] = useState(false);
  const records = useStudio(listsOfRun);
  const ownItems = useStudio((s) => s.ownTasks.find(({ name }) => name === task.name)?.items);
  const baselines = Object.entries(task.baselines) as [TaskBaselineId, Record<string, number>][];
  const firstMetric = Object.keys(task.metrics)[0] as TaskMetricId;
  const points = records.flatMap(({ step, evaluation }) => {
    const score = evaluation.tasks?.find(({ name }) => name === task.name)?.metrics[firstMetric];
    return score ? [{ step, ...score }] : [];
  });
  const baseline = baselines[0]?.[1][firstMetric];
  return (
    <>
      <Shares
        label={task.name}
        head={`${task.name}, ${counted(task.rows, 'row')}`}
        middle=""
        shares={(Object.entries(task.metrics) as [TaskMetricId, TaskScores['metrics'][TaskMetricId]][]).flatMap(
          ([metric, share]) =>
            share
              ? [{ id: metric, label: TASK_METRICS[metric].label, baseline: baselines[0]?.[1][metric], ...share }]
              : [],
        )}
      />
      <OtherList scoredHash={task.listHash} list={ownItems} />
      <Block>
        <p className={styles.words}>
          {baselines.map(
            ([name, scores]) => `${TASK_BASELINES[name].label} ${Math.round(10 * scores[firstMetric]!) / 10} %. `,
          )}
          {task.cut > 0 && `${counted(task.cut, 'prompt')} cut to the context. `}
          {task.missed.length > 0 && (
            <TextAction onPress={() => setOpen(!isOpen)}>
              {isOpen ? 'Hide mistakes' : `Show ${counted(task.missed.length, 'mistake')}`}
            </TextAction>
          )}
        </p>
        {isOpen &&
          task.missed.slice(0, 20).map(({ line, prompt, wanted, given }) => (
            <p key={line} className={styles.prose}>
              {prompt} <del>{given === '' ? 'nothing' : given}</del> <ins>{wanted}</ins>
            </p>
          ))}
        {points.length > 1 && (
          <ScoreByStep label={`${task.name}, ${TASK_METRICS[firstMetric].label}`} points={points} baseline={baseline} />
        )}
      </Block>
    </>
  );
}
