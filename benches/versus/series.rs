//! A series of measurements of one thing: the median and the spread.

#[derive(Debug, Clone, Default)]
pub struct Series(Vec<f64>);

impl Series {
    pub fn push(&mut self, value: f64) {
        let place = self.0.partition_point(|known| *known <= value);
        self.0.insert(place, value);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// The middle half lies between these two.
    pub fn quartiles(&self) -> (f64, f64) {
        (self.at(0.25), self.at(0.75))
    }

    fn at(&self, part: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        #[allow(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "a few thousand runs")]
        let place = (last as f64 * part).round() as usize;
        self.0.get(place).copied().unwrap_or(f64::NAN)
    }
}

impl FromIterator<f64> for Series {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        let mut series = Self::default();
        values.into_iter().for_each(|value| series.push(value));
        series
    }
}
