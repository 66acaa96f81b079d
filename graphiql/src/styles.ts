/*
 * The style sheets, one by one. `graphiql/style.css` would bring 0.4 MB of web fonts and a second copy of Monaco's
 * styles, which come with the editor anyway.
 */
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "@graphiql/plugin-explorer/style.css";
import "graphiql/graphiql.css";
import "./styles.css";
