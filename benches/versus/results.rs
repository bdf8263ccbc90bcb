//! Everything that was measured, for the table, the pages and the picture.

use crate::series::Series;

/// One number of one tool.
#[derive(Debug)]
pub struct Row {
    pub scene: &'static str,
    pub tool: String,
    pub unit: &'static str,
    pub series: Series,
}

#[derive(Debug, Default)]
pub struct Results {
    pub rows: Vec<Row>,
}

impl Results {
    pub fn add(&mut self, scene: &'static str, unit: &'static str, tool: &str, series: Series) {
        self.rows.push(Row { scene, tool: tool.to_owned(), unit, series });
    }

    pub fn of<'a>(&'a self, scene: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |row| row.scene == scene)
    }

    pub fn median(&self, scene: &str, tool: &str) -> Option<f64> {
        self.of(scene).find(|row| row.tool == tool).map(|row| row.series.median())
    }

    /// How many times as much the one takes as the other.
    pub fn ratio(&self, scene: &str, tool: &str, other: &str) -> Option<f64> {
        Some(self.median(scene, tool)? / self.median(scene, other)?)
    }
}
