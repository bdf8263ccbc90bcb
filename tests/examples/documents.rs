//! The examples in the documents: fenced blocks in Markdown, literal displays in manuals.

use std::fs;
use std::path::Path;

#[derive(Debug, Clone)]
pub struct Block {
    pub document: String,
    pub line: usize,
    /// `sh`, `make`, ... after the fence; nothing for a display in a manual.
    pub language: String,
    pub text: String,
}

pub fn read(document: &str) -> String {
    let path = format!("{}/{document}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// README.md and the pages in docs/.
pub fn markdown() -> Vec<String> {
    let listed = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap();
    let names = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pages = names.filter(|name| is_markdown(name)).map(|name| format!("docs/{name}"));
    let mut all: Vec<_> = pages.chain(["README.md".to_owned()]).collect();
    all.sort();
    all
}

fn is_markdown(document: &str) -> bool {
    Path::new(document).extension().is_some_and(|end| end == "md")
}

/// All blocks of a document, in their order.
pub fn blocks(document: &str) -> Vec<Block> {
    let is_markdown = is_markdown(document);
    let (mut found, mut open) = (Vec::new(), None::<Block>);
    let begin = |line, language: &str| {
        Some(Block {
            document: document.to_owned(),
            line,
            language: language.to_owned(),
            text: String::new(),
        })
    };
    for (line, text) in (1..).zip(read(document).lines()) {
        let is_end = if is_markdown { text == "```" } else { text == ".Ed" };
        match &mut open {
            Some(_) if is_end => found.extend(open.take()),
            Some(block) => {
                block.text += &if is_markdown { text.to_owned() } else { plain(text) };
                block.text.push('\n');
            }
            None if is_markdown => open = text.strip_prefix("```").and_then(|language| begin(line, language)),
            None if text.starts_with(".Bd -literal") => open = begin(line, ""),
            None => found.extend(text.strip_prefix(".Dl ").and_then(|one| {
                let block = begin(line, "")?;
                Some(Block { text: format!("{}\n", plain(one)), ..block })
            })),
        }
    }
    assert!(open.is_none(), "{open:?} has no end");
    found
}

/// The calls of fasten with a command in the text of a Markdown document, outside of its blocks.
pub fn inline_calls(document: &str) -> Vec<Block> {
    let text = read(document);
    let prose: Vec<&str> = text.split("```").step_by(2).collect();
    let spans = prose.iter().flat_map(|part| part.split('`').skip(1).step_by(2));
    let calls = spans.filter(|span| span.starts_with("fasten ") && span.contains(" -- "));
    let one_line = |span: &str| span.split_whitespace().collect::<Vec<_>>().join(" ");
    let block = |text| Block { document: document.to_owned(), line: 0, language: "sh".to_owned(), text };
    calls.map(|span| block(one_line(span) + "\n")).collect()
}

/// The one block of a document that has these words.
pub fn block(document: &str, words: &str) -> String {
    let found: Vec<_> = blocks(document).into_iter().filter(|block| block.text.contains(words)).collect();
    assert_eq!(found.len(), 1, "'{words}' in {document}: {found:#?}");
    found[0].text.clone()
}

/// The commands of the lines of a crontab, as cron gives them to sh(1).
pub fn commands(crontab: &str) -> Vec<String> {
    let command = |line: &str| line.splitn(6, ' ').nth(5).expect("five times and a command").to_owned();
    crontab.lines().map(command).collect()
}

/// A line of mdoc(7) without its escapes.
fn plain(line: &str) -> String {
    [(r"\&", ""), (r"\-", "-"), (r"\(dq", "\""), (r"\e", r"\")]
        .iter()
        .fold(line.to_owned(), |line, (escape, text)| line.replace(escape, text))
}
