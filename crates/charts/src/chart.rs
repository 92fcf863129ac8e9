//! What every chart hands back: drawing, sentence, table and focusable marks.

use crate::svg::Svg;
use model::Nanos;

/// Looks up a sentence by key and fills in its `{name}` placeholders.
pub type Say<'a> = &'a dyn Fn(&str, &[(&str, &str)]) -> String;

/// Where a chart is to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Unique in the document; letters, digits and `-`. Prefix of every id in the SVG.
    pub id: String,
    /// Width at which the chart is shown, in CSS pixels; it is also the width
    /// of the viewBox, so that text keeps its size. Below
    /// [`View::NARROW_BELOW_PX`] a layout of its own is used.
    pub width_px: f32,
    /// Time at the right end of a time axis, so that several charts can share
    /// a scale; `None`: as long as this run took. A run that took longer wins.
    pub full_scale_nanos: Option<Nanos>,
    /// What the reader expected, in milliseconds: drawn as a dashed ghost
    /// mark with `data-role="prediction"` by `lanes`, `tasks` and `makespan`.
    pub prediction_millis: Option<f64>,
    /// Many rows are drawn lower, so that up to a hundred of them take
    /// [`View::LOW_ROWS_PX`]: for frames in other pages.
    pub is_low: bool,
}

impl View {
    /// Narrower than this, charts use the layout for narrow screens.
    pub const NARROW_BELOW_PX: f32 = 520.0;

    /// Height of all rows together in a low chart, in CSS pixels. Charts for
    /// narrow screens are as high as they are.
    pub const LOW_ROWS_PX: f32 = 148.0;

    /// A view of this width with nothing predicted and a scale of its own.
    #[must_use]
    pub fn new(id: &str, width_px: f32) -> Self {
        Self {
            id: id.to_string(),
            width_px: within(width_px, 240.0, 2400.0),
            full_scale_nanos: None,
            prediction_millis: None,
            is_low: false,
        }
    }

    /// The same view with a ghost mark.
    #[must_use]
    pub fn predicting(mut self, millis: Option<f64>) -> Self {
        self.prediction_millis = millis.filter(|millis| millis.is_finite() && *millis > 0.0);
        self
    }

    /// The same view with a shared time scale.
    #[must_use]
    pub const fn scaled_to(mut self, nanos: Nanos) -> Self {
        self.full_scale_nanos = Some(nanos);
        self
    }

    /// The same view for a low chart, or not.
    #[must_use]
    pub const fn low(mut self, is_low: bool) -> Self {
        self.is_low = is_low;
        self
    }

    /// Height of `rows` rows that would be `usual` high each.
    pub(crate) fn pitch_px(&self, rows: usize, usual: f32) -> f32 {
        if self.is_low && !self.is_narrow() {
            within(Self::LOW_ROWS_PX / rows.max(1) as f32, 1.5, usual)
        } else {
            usual
        }
    }

    /// Height of one of `rows` strips of figures that would be `usual` high.
    pub(crate) fn strip_px(&self, rows: usize, usual: f32) -> f32 {
        self.pitch_px(rows, usual).max(26.0)
    }

    /// Height of a plot with two axes.
    pub(crate) fn plot_px(&self) -> f32 {
        if self.is_low && !self.is_narrow() {
            Self::LOW_ROWS_PX
        } else {
            within(self.width_px * 0.42, 210.0, 300.0)
        }
    }

    pub(crate) fn is_narrow(&self) -> bool {
        self.width_px < Self::NARROW_BELOW_PX
    }
}

/// One thing in a chart that the keyboard can reach, in viewBox units.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// What is read out, such as "chef 1, task 3: running from 0 to 20 ms".
    pub label: String,
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// The task that it stands for, if it is one: marks of other charts of the
    /// same run with the same task belong to it.
    pub task: Option<u32>,
}

impl Chart {
    /// The mark at a point in viewBox units: where several lie on top of each
    /// other, one that stands for a task, and of those the smallest.
    #[must_use]
    pub fn mark_at(&self, x: f32, y: f32) -> Option<usize> {
        const NO_TASK: f32 = 1e9;
        let mut best: Option<(usize, f32)> = None;
        for (idx, mark) in self.marks.iter().enumerate() {
            let is_in = (mark.x..=mark.x + mark.width).contains(&x)
                && (mark.y..=mark.y + mark.height).contains(&y);
            let mut size = mark.width * mark.height;
            if mark.task.is_none() {
                size += NO_TASK;
            }
            if is_in && best.is_none_or(|(_, least)| size <= least) {
                best = Some((idx, size));
            }
        }
        best.map(|(idx, _)| idx)
    }

    /// Marks of a task.
    pub fn marks_of(&self, task: u32) -> impl Iterator<Item = &Mark> {
        let marks = self.marks.iter();
        marks.filter(move |mark| mark.task == Some(task))
    }

    /// Whether any mark stands for a task.
    #[must_use]
    pub fn has_tasks(&self) -> bool {
        self.marks.iter().any(|mark| mark.task.is_some())
    }
}

/// The numbers of a chart as a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What the table is about.
    pub caption: String,
    /// Column titles, with units.
    pub head: Vec<String>,
    /// Rows, each as long as `head`.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows; `columns` are last parts of keys, apart by spaces.
    pub(crate) fn with_head(caption: String, columns: &str, say: Say) -> Self {
        let mut head = Vec::new();
        for column in columns.split(' ') {
            let mut key = String::from("chart.col.");
            key.push_str(column);
            head.push(say(&key, &[]));
        }
        Self {
            caption,
            head,
            rows: Vec::new(),
        }
    }

    /// Adds a row, made as long as the head.
    pub(crate) fn add(&mut self, mut row: Vec<String>) {
        while row.len() < self.head.len() {
            row.push(String::new());
        }
        self.rows.push(row);
    }
}

/// A finished chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Prefix of ids, from [`View::id`].
    pub id: String,
    /// `lanes tasks makespan plane cdf frames queue sweep speedup waterfall dag
    /// counts costs circle arrows stages loss`; last part of the test id.
    pub kind: &'static str,
    /// What is drawn.
    pub title: String,
    /// What it shows, in one sentence made from the numbers.
    pub finding: String,
    /// Width of the viewBox.
    pub width: f32,
    /// Height of the viewBox.
    pub height: f32,
    /// Inner SVG markup.
    pub body: String,
    /// Focusable marks in keyboard order.
    pub marks: Vec<Mark>,
    /// The same numbers.
    pub table: Table,
}

impl Chart {
    /// The chart as an `<svg>` element with role, title and description, for
    /// use inside a page that defines the colour properties.
    #[must_use]
    pub fn svg(&self) -> String {
        let mut svg = Svg::new();
        svg.open_document(
            &self.id,
            self.width,
            self.height,
            &self.title,
            &self.finding,
        );
        svg.raw(&self.body);
        svg.raw("</svg>");
        svg.finish()
    }

    /// The chart as a file of its own, with colours and with a line such as
    /// "median of 9 rounds, Chromium 139, two-chefs.example" burnt in below.
    #[must_use]
    pub fn standalone(&self, footer: &str) -> String {
        let mut svg = Svg::new();
        svg.open_file(self.width, self.height, &self.title, &self.finding, footer);
        svg.raw(&self.body);
        svg.raw("</svg>");
        svg.finish()
    }
}

/// `value`, or the nearer end. `f32::clamp` could panic, and would bring the
/// printing of floats into the page with its message.
pub(crate) fn within(value: f32, least: f32, most: f32) -> f32 {
    if value > least {
        most.min(value)
    } else {
        least
    }
}

/// The same sentence with a capital at the start: labels begin with a small
/// letter, and sentences may begin with labels.
pub(crate) fn capitalised(text: String) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if first.is_ascii_lowercase() => {
            let mut out = String::from(first.to_ascii_uppercase());
            out.push_str(letters.as_str());
            out
        }
        _ => text,
    }
}

/// Adds `item` to a list in words.
pub(crate) fn listed(list: &mut String, between: &str, item: &str) {
    if !list.is_empty() {
        list.push_str(between);
    }
    list.push_str(item);
}
