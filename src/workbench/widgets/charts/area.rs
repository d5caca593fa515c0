//! The area between the axes of a chart, drawn by egui_plot.
//!
//! egui_plot draws the grid, lines, bands, bars and thresholds in units of the data; what it would write itself
//! (numbers of axes, legend, read-out) is switched off, because its words do not pass the bidi gate of
//! [`crate::workbench::text`]. Words are painted by the charts at the places that [`Area::x`] and [`Area::y`] name.
//! It does not zoom, drag or scroll: the screen scrolls. The bounds are set anew in every frame, so the first frame
//! is already right and nothing asks for a second one.

use egui::{Align, Color32, Layout, Pos2, Rect, Response, Sense, Stroke, Ui, UiBuilder, Vec2, pos2};
use egui_plot::{FilledArea, GridMark, HLine, Line, LineStyle, Plot, PlotBounds, PlotTransform, PlotUi, VLine};

use super::axis::Scale;
use crate::workbench::theme::{Look, sizes};

/// Width of dashed lines.
const DASHED: f32 = 1.25;
/// How they are dashed.
const DASHES: LineStyle = LineStyle::Dashed { length: 6.0 };

/// A place on the screen with scales in both directions.
#[derive(Clone, Copy)]
pub(super) struct Area {
    transform: PlotTransform,
    inset: Vec2,
    pixels: f32,
}

impl Area {
    /// The ends of `x` and `y` lie `inset` inside of `frame`, so that strokes and dots there are not cut in half.
    pub fn new(ui: &Ui, frame: Rect, inset: Vec2, x: Scale, y: Scale) -> Area {
        // In a window of a few pixels there may be no room between the labels.
        let frame = Rect::from_min_size(frame.min, frame.size().max(Vec2::splat(1.0)));
        let (left, right) = widened(x, inset.x, frame.width());
        let (bottom, top) = widened(y, inset.y, frame.height());
        let bounds = PlotBounds::from_min_max([left, bottom], [right, top]);
        Area { transform: PlotTransform::new(frame, bounds, false), inset, pixels: ui.pixels_per_point() }
    }

    /// All of it; nothing is drawn outside.
    pub fn frame(&self) -> Rect {
        *self.transform.frame()
    }

    /// Between the ends of the scales.
    pub fn inner(&self) -> Rect {
        self.frame().shrink2(self.inset)
    }

    /// Where `value` of the horizontal axis lies.
    pub fn x(&self, value: f64) -> f32 {
        self.transform.position_from_point_x(value)
    }

    /// Where `value` of the vertical axis lies.
    pub fn y(&self, value: f64) -> f32 {
        self.transform.position_from_point_y(value)
    }

    /// The value of the horizontal axis at `position`.
    pub fn value(&self, position: Pos2) -> f64 {
        self.transform.value_from_position(position).x
    }

    /// The height of `points` in units of the vertical axis.
    pub fn tall(&self, points: f32) -> f64 {
        self.transform.dvalue_dpos()[1].abs() * f64::from(points)
    }

    /// The width of `points` in units of the horizontal axis.
    pub fn wide(&self, points: f32) -> f64 {
        self.transform.dvalue_dpos()[0].abs() * f64::from(points)
    }

    /// The value nearest to `value` at which an upright line of one pixel is sharp.
    fn sharp(&self, value: f64) -> f64 {
        let x = ((self.x(value) * self.pixels).floor() + 0.5) / self.pixels;
        self.value(pos2(x, self.frame().top()))
    }

    /// Draws horizontal lines at the values of `grid`, then what `draw` adds, in its order. Words are to be painted
    /// where the answer says, since that is where it was drawn.
    pub fn show<'a>(
        &self,
        ui: &mut Ui,
        owner: &Response,
        grid: Vec<f64>,
        draw: impl FnOnce(&mut PlotUi<'a>) + 'a,
    ) -> Area {
        let look = Look::of(ui);
        let bounds = *self.transform.bounds();
        let frame = self.frame();
        // Time runs to the right in both languages, so the place has a layout of its own.
        let place = UiBuilder::new().max_rect(frame).layout(Layout::top_down(Align::Min));
        let mut place = ui.new_child(place);
        let spacer = move |_| grid.iter().map(|&value| GridMark { value, step_size: f64::MAX }).collect();
        let drawn = Plot::new("area")
            .id(owner.id.with("area"))
            .width(frame.width())
            .height(frame.height())
            .sense(Sense::hover())
            .allow_zoom(false)
            .allow_drag(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .allow_axis_zoom_drag(false)
            .allow_double_click_reset(false)
            .show_axes(false)
            .show_background(false)
            .show_x(false)
            .show_y(false)
            .show_grid([false, true])
            .y_grid_spacer(spacer)
            .grid_color(look.palette.line)
            .grid_fade(0.0)
            .show(&mut place, move |plot| {
                plot.set_plot_bounds(bounds);
                draw(plot);
            });
        Area { transform: drawn.transform, ..*self }
    }

    /// An upright line from end to end of the vertical scale.
    pub fn upright(&self, at: f64, stroke: Stroke) -> Line<'static> {
        let x = self.sharp(at);
        let inner = self.inner();
        let y = |position: f32| self.transform.value_from_position(pos2(inner.left(), position)).y;
        curve(vec![[x, y(inner.bottom())], [x, y(inner.top())]], stroke)
    }
}

/// `scale` with `inset` more points at each end, where there are `length` points in all.
fn widened(scale: Scale, inset: f32, length: f32) -> (f64, f64) {
    let (min, max) =
        if scale.max > scale.min { (scale.min, scale.max) } else { (scale.min - 0.5, scale.min + 0.5) };
    let more = f64::from(inset) * (max - min) / f64::from((length - 2.0 * inset).max(1.0));
    (min - more, max + more)
}

/// A line through `points`. It has no name, since the legend is not egui_plot's.
pub(super) fn curve(points: Vec<[f64; 2]>, stroke: Stroke) -> Line<'static> {
    Line::new("", points).stroke(stroke)
}

/// The band between a lower and an upper bound at every place.
pub(super) fn band(points: impl Iterator<Item = (f64, f64, f64)>, fill: Color32) -> FilledArea {
    let (mut xs, mut lows, mut highs) = (Vec::new(), Vec::new(), Vec::new());
    for (x, low, high) in points {
        xs.push(x);
        lows.push(low);
        highs.push(high);
    }
    FilledArea::new("", &xs, &lows, &highs).fill_color(fill)
}

/// A dashed line across.
pub(super) fn dashed_across(at: f64, color: Color32) -> HLine {
    HLine::new("", at).stroke(Stroke::new(DASHED, color)).style(DASHES)
}

/// A dashed upright line.
pub(super) fn dashed_upright(at: f64, color: Color32) -> VLine {
    VLine::new("", at).stroke(Stroke::new(DASHED, color)).style(DASHES)
}

/// The line of an axis, of a mark, of the place under the pointer.
pub(super) fn hair(color: Color32) -> Stroke {
    Stroke::new(sizes::LINE, color)
}

#[cfg(test)]
mod tests {
    use egui::{Context, RawInput, vec2};

    use super::*;

    /// Draws `area` for the first time and says where egui_plot drew it.
    fn drawn(rect: Rect, x: Scale, y: Scale) -> (Area, Area) {
        let mut areas = None;
        let _ = Context::default().run_ui(RawInput::default(), |ui| {
            let owner = ui.allocate_rect(rect, Sense::hover());
            let area = Area::new(ui, rect, vec2(5.0, 3.0), x, y);
            let shown = area.show(ui, &owner, vec![0.0], |plot| plot.line(area.upright(1.0, Stroke::NONE)));
            areas = Some((area, shown));
        });
        areas.unwrap()
    }

    #[test]
    fn the_first_frame_is_drawn_where_the_words_expect_it() {
        let rect = Rect::from_min_max(pos2(36.0, 10.0), pos2(246.0, 116.0));
        let (planned, shown) = drawn(rect, Scale { min: 0.0, max: 10.0 }, Scale { min: 0.0, max: 50.0 });
        assert_eq!((planned.frame(), shown.frame()), (rect, rect));
        for area in [planned, shown] {
            assert_eq!((area.x(0.0), area.x(10.0)), (41.0, 241.0));
            assert_eq!((area.y(0.0), area.y(50.0)), (113.0, 13.0));
            assert!((area.value(pos2(141.0, 60.0)) - 5.0).abs() < 1e-9);
            assert!((area.wide(20.0) - 1.0).abs() < 1e-9 && (area.tall(2.0) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn one_point_alone_stands_in_the_middle_and_no_room_does_no_harm() {
        let one = Scale { min: 7.0, max: 7.0 };
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(110.0, 40.0));
        let (_, shown) = drawn(rect, one, Scale { min: 0.0, max: 1.0 });
        assert_eq!(shown.x(7.0), 55.0);
        let inside_out = Rect::from_min_max(pos2(36.0, 20.0), pos2(10.0, -4.0));
        let (_, shown) = drawn(inside_out, one, one);
        assert!(shown.x(7.0).is_finite() && shown.y(7.0).is_finite());
    }
}
