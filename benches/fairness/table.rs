//! The results as Markdown.

use std::fmt::Write;
use std::time::Duration;

use crate::measure::{AT_ONCE, HOLD, LIMIT, Outcome, Scene};

pub fn markdown(results: &[(&Scene, Vec<Outcome>)]) -> String {
    let mut text = String::new();
    for (scene, outcomes) in results {
        let Scene { stream, comer, .. } = scene;
        let hold = HOLD.as_millis();
        let heading = format!("{AT_ONCE} {stream}s in a loop, {hold} ms each, and one {comer} now and then");
        let _ = writeln!(text, "{heading}:\n");
        let _ = writeln!(
            text,
            "| lock | the {comer} waits: median | 95 % | longest | {comer}s/s | {stream}s/s |"
        );
        let _ = writeln!(text, "| --- | ---: | ---: | ---: | ---: | ---: |");
        for outcome in outcomes {
            let Outcome { comer_rate, stream_rate, .. } = outcome;
            let name = title(outcome.name);
            let [median, most, longest] =
                [outcome.median(), outcome.at_95_percent(), outcome.longest()].map(time);
            let _ = writeln!(
                text,
                "| {name} | {median} | {most} | {longest} | {comer_rate:.1} | {stream_rate:.1} |"
            );
        }
        text.push('\n');
    }
    text
}

/// What it is called where there is room for it.
pub fn title(name: &str) -> String {
    if name.starts_with("flock") { name.to_owned() } else { format!("fasten, --prefer {name}") }
}

/// A wait for people; one that was given up was longer than can be said.
pub fn time(wait: Duration) -> String {
    match wait.as_secs_f64() * 1000.0 {
        _ if wait >= LIMIT => format!("> {} s", LIMIT.as_secs()),
        milliseconds if milliseconds < 1000.0 => format!("{milliseconds:.0} ms"),
        milliseconds => format!("{:.1} s", milliseconds / 1000.0),
    }
}
