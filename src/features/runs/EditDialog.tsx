import { useState } from 'react';
import { MAX_NAME, MAX_NOTE, MAX_TAG, MAX_TAGS } from '../../core/base/textLimits';
import { useStudio } from '../../state/react';
import { Button, Dialog, TextField } from '../../ui';
import styles from './RunsPage.module.css';
import type { RunView } from './view';

/** Edits name, tags and note of a run. */
export function EditDialog({ view, onClose }: { view: RunView; onClose: () => void }) {
  const { record } = view.row;
  const describe = useStudio((s) => s.describeRun);
  const [name, setName] = useState(record.name);
  const [tags, setTags] = useState(record.tags.join(', '));
  const [note, setNote] = useState(record.note);
  const hasName = name.trim() !== '';
  const problem =
    tagsOf(tags).length > MAX_TAGS
      ? `At most ${MAX_TAGS} tags`
      : tagsOf(tags).some((tag) => tag.length > MAX_TAG)
        ? `At most ${MAX_TAG} characters per tag`
        : undefined;
  const save = (): void => {
    if (!hasName || problem !== undefined) return;
    onClose();
    // Sends only changed fields: another tab may have changed the others.
    void describe(view.id, {
      ...(name.trim() !== record.name && { name: name.trim() }),
      ...(tagsOf(tags).join() !== record.tags.join() && { tags: tagsOf(tags) }),
      ...(note.trim() !== record.note && { note: note.trim() }),
    });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Edit ${record.name}`}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="go" onPress={save} disabledReason={hasName ? problem : 'Enter a name'}>
            Save
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          max={MAX_NAME}
          error={hasName ? undefined : 'Enter a name'}
        />
        <TextField
          label="Tags"
          value={tags}
          onChange={setTags}
          max={MAX_NOTE}
          error={problem}
          hint="separated by commas"
        />
        <TextField label="Note" value={note} onChange={setNote} max={MAX_NOTE} rows={4} />
      </form>
    </Dialog>
  );
}

/** Unique tags, in the order in which they were typed. */
const tagsOf = (list: string): readonly string[] => [
  ...new Set(
    list
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];
