import EditorWorker from "monaco-editor/esm/vs/editor/editor.worker.js?worker";
import JsonWorker from "monaco-editor/esm/vs/language/json/json.worker.js?worker";
import GraphQLWorker from "monaco-graphql/esm/graphql.worker.js?worker";

// For its declaration of window.MonacoEnvironment.
import type {} from "monaco-editor";

/**
 * The three workers of the editor as files of our own origin. With `?worker` Vite builds each one into a file that the
 * content security policy allows; without it Monaco would fall back to working on the page's main thread.
 */
window.MonacoEnvironment = {
  getWorker(_id: string, label: string): Worker {
    switch (label) {
      case "json":
        return new JsonWorker({ name: "json" });
      case "graphql":
        return new GraphQLWorker({ name: "graphql" });
      default:
        return new EditorWorker({ name: "editor" });
    }
  },
};
