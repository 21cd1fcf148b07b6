import { useState } from 'react';
import { counted, formatCount } from '../../core/base/units';
import {
  TASK_BASELINES,
  TASK_METRICS,
  type TaskBaselineId,
  type TaskMetricId,
  type TaskScores,
} from '../../core/evaluate/tasks';
import { askRefusal, listsOfRun, shownAsking, shownLists } from '../../state/lists';
import { useStudio } from '../../state/react';
import { Block, Button, FileButton, Pane, Switch, TextAction } from '../../ui';
import { Asking } from './Asking';
import { Followed } from './Followed';
import { LeftOut } from './LeftOut';
import styles from './Lists.module.css';
import { OtherList } from './OtherList';
import { Shares } from './Shares';

/** Tables of prompts of a person's own, with answers or choices. */
export function TasksPane() {
  const own = useStudio((s) => s.ownTasks);
  const found = useStudio((s) => shownLists(s)?.evaluation.tasks) ?? NONE;
  const work = useStudio((s) => shownAsking(s, 'tasks'));
  const reading = useStudio((s) => s.readingTasks);
  const addTasks = useStudio((s) => s.addTasks);
  const takeTask = useStudio((s) => s.takeTask);
  const isAlways = useStudio((s) => s.asksTasksAlways);
  const askAlways = useStudio((s) => s.askTasksAlways);
  const askLists = useStudio((s) => s.askLists);
  const refusal = useStudio(askRefusal);
  return (
    <Pane
      title="Own tasks"
      aside={
        <FileButton
          isDense
          disabledReason={reading.kind === 'busy' ? 'Another table is being read' : undefined}
          accept=".csv,.tsv,.jsonl"
          onFiles={(files) => void addTasks(files.map(({ file }) => file))}
        >
          Add a table…
        </FileButton>
      }
    >
      {work.kind !== 'busy' && <Asking work={reading}>{null}</Asking>}
      <Asking work={work}>
        {found.map((task) => (
          <One key={task.name} task={task} />
        ))}
        <LeftOut of="tasks" />
        {own.length > 0 && (
          <Block>
            <div className={styles.ways}>
              <p className={styles.words}>
                {own.map(({ name, items }) => (
                  <span key={name} className={styles.own}>
                    {`${name}, ${counted(items.length, 'row')}`}
                    <TextAction label={`Take ${name} out`} onPress={() => takeTask(name)}>
                      Take out
                    </TextAction>
                  </span>
                ))}
              </p>
              <span className={styles.row}>
                <Button
                  isDense
                  disabledReason={refusal}
                  onPress={() => void askLists('tasks', { tasks: own }, 'shown')}
                >
                  Ask this step
                </Button>
                <Button isDense disabledReason={refusal} onPress={() => void askLists('tasks', { tasks: own }, 'all')}>
                  Ask every kept step
                </Button>
              </span>
              <Switch
                label="Ask at every evaluation"
                hint="each time a step is measured here, and each time the run that trains saves one"
                isOn={isAlways}
                onChange={askAlways}
              />
            </div>
          </Block>
        )}
        {found.length > 0 && own.length === 0 && (
          <Block>
            <p className={styles.words}>
              What was found is kept, the tables are not: add one again to ask it of other steps, or at every evaluation
            </p>
          </Block>
        )}
        {found.length === 0 && own.length === 0 && (
          <Block>
            <p className={styles.words}>
              A CSV with a column called prompt and one called answer: is what the model writes the answer? With a
              column called choices too, or choice 1, choice 2 and so on: does it find the right one likelier? It can
              then be asked of every kept step, and at every evaluation.
            </p>
          </Block>
        )}
      </Asking>
    </Pane>
  );
}
const NONE: readonly TaskScores[] = [];

function One({ task }: { task: TaskScores }) {
  const [isOpen, setOpen] = useState(false);
  const series = useStudio(listsOfRun);
  const own = useStudio((s) => s.ownTasks.find(({ name }) => name === task.name)?.items);
  const baselines = Object.entries(task.baselines) as [TaskBaselineId, Record<string, number>][];
  const id = Object.keys(task.metrics)[0] as TaskMetricId;
  const points = series.flatMap(({ step, evaluation }) => {
    const own = evaluation.tasks?.find(({ name }) => name === task.name)?.metrics[id];
    return own ? [{ step, ...own }] : [];
  });
  const baseline = baselines[0]?.[1][id];
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
      <OtherList found={task.listHash} list={own} />
      <Block>
        <p className={styles.words}>
          {baselines.map(([name, of]) => `${TASK_BASELINES[name].label} ${Math.round(10 * of[id]!) / 10} %. `)}
          {task.cut > 0 && `${counted(task.cut, 'prompt')} longer than the model reads lost a part. `}
          {task.missed.length > 0 && (
            <TextAction onPress={() => setOpen(!isOpen)}>
              {isOpen ? 'Hide what it missed' : `Show what it missed, ${formatCount(task.missed.length)}`}
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
          <Followed label={`${task.name}, ${TASK_METRICS[id].label}`} points={points} baseline={baseline} />
        )}
      </Block>
    </>
  );
}
