import styles from './ExampleFiles.module.css';

/** Example of Export: files and their sizes. */
export const ExampleFiles = () => (
  <ul className={styles.files}>
    {FILES.map(([name, size]) => (
      <li key={name}>
        <span>{name}</span>
        <span>{size}</span>
      </li>
    ))}
  </ul>
);

const FILES = [
  ['notes-1.html', '3.4 MB'],
  ['notes-1.gguf', '1.8 MB'],
  ['model.onnx', '3.6 MB'],
  ['huggingface.zip', '3.5 MB'],
  ['service.zip', '3.7 MB'],
] as const;
