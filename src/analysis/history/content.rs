//! The digest of a history: of its content, not of the file that holds it.
//!
//! The same visits in the same zone give the same digest, whatever the order or format of the source was and
//! whatever version of the Parquet writer keeps them.

use crate::base::digest::Digester;
use crate::base::{Digest, Moment};

use super::History;

/// Changes whenever the encoding below does.
const FORMAT: &[u8] = b"nobat visits 1\n";

/// The digest of `history`, whose visits are in canonical order.
#[must_use]
pub fn digest(history: &History) -> Digest {
    let visits = &history.visits;
    let mut out = Encoder::default();
    out.bytes(FORMAT);
    out.text(Some(history.zone.name()));
    out.number(visits.len() as i64);
    for row in 0..visits.len() {
        out.text(visits.visit_id.get(row));
        out.text(Some(visits.site.get(row)));
        out.text(Some(visits.service.get(row)));
        out.number(visits.arrived[row].millis());
        for time in [visits.called[row], visits.finished[row], visits.left[row], visits.booked_for[row]] {
            out.optional(time.map(Moment::millis));
        }
        out.optional(visits.priority[row].map(i64::from));
        out.text(visits.channel[row].map(|channel| channel.id()));
        out.optional(visits.open_counters[row].map(i64::from));
        out.optional(visits.people_ahead[row].map(i64::from));
        out.flush_if_large();
    }
    for (name, texts) in &visits.extras {
        out.text(Some(name));
        for text in texts.iter() {
            out.text(text);
            out.flush_if_large();
        }
    }
    out.finish()
}

/// Encodes values so that no two sequences of values give the same bytes.
#[derive(Default)]
struct Encoder {
    buffer: Vec<u8>,
    digester: Digester,
}

impl Encoder {
    fn bytes(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    fn number(&mut self, number: i64) {
        self.bytes(&number.to_le_bytes());
    }

    fn optional(&mut self, number: Option<i64>) {
        self.bytes(&[u8::from(number.is_some())]);
        self.number(number.unwrap_or_default());
    }

    fn text(&mut self, text: Option<&str>) {
        self.optional(text.map(|text| text.len() as i64));
        self.bytes(text.unwrap_or_default().as_bytes());
    }

    fn flush_if_large(&mut self) {
        if self.buffer.len() >= 1 << 16 {
            self.digester.update(&self.buffer);
            self.buffer.clear();
        }
    }

    fn finish(mut self) -> Digest {
        self.digester.update(&self.buffer);
        self.digester.finish()
    }
}
