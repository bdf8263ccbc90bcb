//! As much SVG as a picture of dots or bars needs, in light and in dark.
#![allow(dead_code, reason = "each bench draws its own kind")]

use std::fmt::Write;

/// The colours follow what the reader has set; the ground stays theirs.
const STYLE: &str = "
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px }
.faint { fill: #59636e; font-size: 12px }
.end { text-anchor: end }
.middle { text-anchor: middle }
.grid { stroke: #d1d9e0 }
.dot { fill: #0969da; fill-opacity: .35 }
.median { stroke: #0969da; stroke-width: 3 }
.bad .dot { fill: #cf222e }
.bad .median { stroke: #cf222e }
.ours .bar { fill: #0969da }
.others .bar { fill: #afb8c1 }
.spread { stroke: #1f2328 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.faint { fill: #9198a1 }
.grid { stroke: #3d444d }
.dot { fill: #58a6ff }
.median { stroke: #58a6ff }
.bad .dot { fill: #ff7b72 }
.bad .median { stroke: #ff7b72 }
.ours .bar { fill: #58a6ff }
.others .bar { fill: #656c76 }
.spread { stroke: #e6edf3 }
}
";

pub struct Svg {
    body: String,
}

impl Svg {
    pub fn new(width: f64, height: f64, about: &str) -> Self {
        let size = format!(r#"viewBox="0 0 {width} {height}" width="{width}" height="{height}""#);
        let head = format!(r#"<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">"#);
        Self { body: format!("{head}\n<title>{about}</title>\n<style>{STYLE}</style>\n") }
    }

    pub fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        self.line_of(&format!(r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{text}</text>"#));
    }

    pub fn upright(&mut self, class: &str, x: f64, top: f64, bottom: f64) {
        let ends = format!(r#"x1="{x:.1}" y1="{top:.1}" x2="{x:.1}" y2="{bottom:.1}""#);
        self.line_of(&format!(r#"<line class="{class}" {ends}/>"#));
    }

    pub fn level(&mut self, class: &str, left: f64, right: f64, y: f64) {
        let ends = format!(r#"x1="{left:.1}" y1="{y:.1}" x2="{right:.1}" y2="{y:.1}""#);
        self.line_of(&format!(r#"<line class="{class}" {ends}/>"#));
    }

    pub fn bar(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let place = format!(r#"x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}""#);
        self.line_of(&format!(r#"<rect class="bar" {place}/>"#));
    }

    pub fn dot(&mut self, x: f64, y: f64) {
        self.line_of(&format!(r#"<circle class="dot" cx="{x:.1}" cy="{y:.1}" r="4"/>"#));
    }

    /// What is drawn within is of this class too.
    pub fn group(&mut self, class: &str, within: impl FnOnce(&mut Self)) {
        self.line_of(&format!(r#"<g class="{class}">"#));
        within(self);
        self.line_of("</g>");
    }

    pub fn end(self) -> String {
        self.body + "</svg>\n"
    }

    fn line_of(&mut self, element: &str) {
        let _ = writeln!(self.body, "{element}");
    }
}
