//! The results as CSV, for other programs.

use std::fmt::Write;

use crate::found::Found;
use crate::results::Results;

pub fn all(results: &Results, found: &[Found]) -> String {
    let mut text = "measurement,tool,version,unit,runs,median,first quartile,third quartile\n".to_owned();
    for row in &results.rows {
        let version = found.iter().find(|found| row.tool.starts_with(found.tool.name));
        let version = version.map_or("", |found| &found.version);
        let (low, high) = row.series.quartiles();
        let fields = [
            quoted(row.scene),
            quoted(&row.tool),
            quoted(version),
            row.unit.to_owned(),
            row.series.len().to_string(),
            format!("{:.1}", row.series.median()),
            format!("{low:.1}"),
            format!("{high:.1}"),
        ];
        let _ = writeln!(text, "{}", fields.join(","));
    }
    text
}

fn quoted(field: &str) -> String {
    if field.contains(',') { format!("\"{field}\"") } else { field.to_owned() }
}
