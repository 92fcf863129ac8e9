//! What each part of a job costs, in the order of the parts.

use crate::chart::within;
use crate::format::push_decimal;
use crate::phrase::phrase;
use crate::svg::{Anchor, Svg, TEXT_PX};
use crate::{Chart, Mark, Say, Table, View};

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CostsChart {
    /// What is drawn, and how it was found.
    pub title: String,
    /// What a part is called.
    pub part: String,
    /// What is shown of it, with its unit.
    pub cost: String,
    /// What the reader sees, in a sentence.
    pub finding: String,
    /// Share of the whole, 0..=1, from the first part to the last.
    pub shares: Vec<f64>,
}

/// Height of a bar with its gap.
const PITCH_PX: f32 = 6.0;
/// Room above the first bar and below the last.
const EDGE_PX: f32 = 20.0;

/// One bar a part, from top to bottom as in the picture; a line marks the middle
/// of the count.
#[must_use]
pub fn costs(input: &CostsChart, view: &View, say: Say) -> Chart {
    let pitch = view.pitch_px(input.shares.len(), PITCH_PX);
    let most = input.shares.iter().copied().fold(0.0, f64::max);
    let (left, right) = (34.0, view.width_px - 12.0);
    let bottom = EDGE_PX + pitch * input.shares.len() as f32;
    let mut svg = Svg::new();
    let last = input.shares.len().to_string();
    svg.text(
        left - 6.0,
        EDGE_PX + TEXT_PX * 0.8,
        Anchor::End,
        "var(--soft)",
        "1",
    );
    svg.text(left - 6.0, bottom, Anchor::End, "var(--soft)", &last);
    svg.text(
        left,
        EDGE_PX - 6.0,
        Anchor::Start,
        "var(--soft)",
        &input.cost,
    );
    let (mut marks, mut table) = (Vec::new(), table(input));
    for (idx, share) in input.shares.iter().enumerate() {
        let y = EDGE_PX + pitch * idx as f32;
        let part = if most > 0.0 { share / most } else { 0.0 };
        let width = within((right - left) * part as f32, 1.0, right - left);
        svg.rect(left, y, width, pitch * 0.75, "fill=\"var(--run)\"");
        let number = (idx + 1).to_string();
        let mut percent = String::new();
        push_decimal(&mut percent, 100.0 * share, 1);
        marks.push(Mark {
            label: phrase(say)
                .text("part", &input.part)
                .text("n", &number)
                .text("cost", &input.cost)
                .text("value", &percent)
                .get("chart.costs.mark"),
            x: left,
            y,
            width,
            height: pitch,
            task: None,
        });
        table.add(vec![number, percent]);
    }
    let middle = EDGE_PX + pitch * (input.shares.len() / 2) as f32 - pitch * 0.125;
    let dashes = "stroke=\"var(--ink)\" stroke-dasharray=\"4 4\"";
    svg.line(left - 6.0, middle, right, middle, dashes);
    let half = say("chart.costs.half", &[]);
    svg.haloed(right, middle - 5.0, Anchor::End, "var(--ink)", &half);
    Chart {
        id: view.id.clone(),
        kind: "costs",
        title: input.title.clone(),
        finding: input.finding.clone(),
        width: view.width_px,
        height: bottom + EDGE_PX / 2.0,
        body: svg.finish(),
        marks,
        table,
    }
}

fn table(input: &CostsChart) -> Table {
    Table {
        caption: input.title.clone(),
        head: vec![input.part.clone(), input.cost.clone()],
        rows: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(shares: &[f64], width: f32) -> Chart {
        let input = CostsChart {
            title: "costs".into(),
            part: "strip".into(),
            cost: "share (%)".into(),
            finding: "uneven".into(),
            shares: shares.to_vec(),
        };
        let say = |key: &str, args: &[(&str, &str)]| {
            let values: Vec<&str> = args.iter().map(|(_, value)| *value).collect();
            [key, " ", &values.join(" ")].concat()
        };
        costs(&input, &View::new("c", width), &say)
    }

    #[test]
    fn every_part_has_a_bar_a_mark_and_a_row() {
        let drawn = chart(&[0.1, 0.3, 0.6], 640.0);
        assert_eq!(drawn.body.matches("<rect").count(), 3);
        assert_eq!(drawn.marks.len(), 3);
        assert_eq!(drawn.table.rows[2], ["3", "60"]);
        assert!(drawn.marks[2].label.contains("strip 3 share (%) 60"));
        let widths: Vec<f32> = drawn.marks.iter().map(|mark| mark.width).collect();
        assert!((widths[2] / widths[0] - 6.0).abs() < 0.01, "{widths:?}");
    }

    #[test]
    fn it_fits_and_takes_nothing_for_an_answer() {
        for width in [240.0, 390.0, 1200.0] {
            let drawn = chart(&[0.5; 48], width);
            for mark in &drawn.marks {
                assert!(mark.x + mark.width <= drawn.width && mark.y + mark.height <= drawn.height);
            }
        }
        assert!(chart(&[], 640.0).marks.is_empty());
        assert!(chart(&[0.0, 0.0], 640.0).body.contains("<rect"));
    }
}
