//! JSON text of the plain values of `model`.
//!
//! The usual serialiser brings exact tables for writing floats, which weigh
//! more than all the rest of this page's exports; the browser has its own.

use crate::hands;
use serde::Serialize;
use serde::ser::{
    Error, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// The value as JSON. Numbers that are not finite become `null`; a value that
/// JSON cannot hold gives an empty text, and `model` has none.
#[must_use]
pub fn text(value: &impl Serialize) -> String {
    let mut json = Json { out: String::new() };
    match value.serialize(&mut json) {
        Ok(()) => json.out,
        Err(Unfit) => String::new(),
    }
}

/// Something JSON, or this writer, cannot hold.
#[derive(Debug)]
pub struct Unfit;

impl std::fmt::Display for Unfit {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("not for JSON")
    }
}

impl std::error::Error for Unfit {}

impl Error for Unfit {
    fn custom<T: std::fmt::Display>(_message: T) -> Self {
        Self
    }
}

struct Json {
    out: String,
}

impl Json {
    fn string(&mut self, text: &str) {
        self.out.push('"');
        for letter in text.chars() {
            match letter {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\t' => self.out.push_str("\\t"),
                // Nothing else below a blank is worth keeping in a record.
                low if low < ' ' => self.out.push(' '),
                other => self.out.push(other),
            }
        }
        self.out.push('"');
    }

    /// A comma unless this is the first entry after an opening bracket.
    fn separate(&mut self) {
        if !matches!(self.out.as_bytes().last(), Some(b'[' | b'{')) {
            self.out.push(',');
        }
    }

    fn named(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Unfit> {
        self.separate();
        self.string(name);
        self.out.push(':');
        value.serialize(self)
    }
}

/// An array or object being written, with what closes it.
struct Open<'a> {
    json: &'a mut Json,
    close: char,
}

impl<'a> Open<'a> {
    fn new(json: &'a mut Json, open: char, close: char) -> Self {
        json.out.push(open);
        Self { json, close }
    }

    fn shut(self) -> Result<(), Unfit> {
        self.json.out.push(self.close);
        Ok(())
    }
}

impl SerializeSeq for Open<'_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        self.json.separate();
        value.serialize(&mut *self.json)
    }

    fn end(self) -> Result<(), Unfit> {
        self.shut()
    }
}

impl SerializeMap for Open<'_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unfit> {
        self.json.separate();
        let from = self.json.out.len();
        key.serialize(&mut *self.json)?;
        // Keys are texts: a number is put into quotes.
        if !self
            .json
            .out
            .get(from..)
            .is_some_and(|key| key.starts_with('"'))
        {
            self.json.out.insert(from, '"');
            self.json.out.push('"');
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        self.json.out.push(':');
        value.serialize(&mut *self.json)
    }

    fn end(self) -> Result<(), Unfit> {
        self.shut()
    }
}

impl SerializeStruct for Open<'_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        self.json.named(name, value)
    }

    fn end(self) -> Result<(), Unfit> {
        self.shut()
    }
}

/// Shapes that `model` does not use.
enum Never {}

macro_rules! never {
    ($($shape:ident $method:ident),*) => { $(
        impl $shape for Never {
            type Ok = ();
            type Error = Unfit;
            fn $method<T: Serialize + ?Sized>(&mut self, _value: &T) -> Result<(), Unfit> {
                Err(Unfit)
            }
            fn end(self) -> Result<(), Unfit> {
                Err(Unfit)
            }
        }
    )* };
}
never!(SerializeTuple serialize_element, SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

impl SerializeStructVariant for Never {
    type Ok = ();
    type Error = Unfit;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        _name: &'static str,
        _value: &T,
    ) -> Result<(), Unfit> {
        Err(Unfit)
    }

    fn end(self) -> Result<(), Unfit> {
        Err(Unfit)
    }
}

macro_rules! whole {
    ($($method:ident $kind:ty),*) => { $(
        fn $method(self, value: $kind) -> Result<(), Unfit> {
            self.serialize_i64(i64::from(value))
        }
    )* };
}

impl<'a> Serializer for &'a mut Json {
    type Ok = ();
    type Error = Unfit;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Open<'a>;
    type SerializeStruct = Open<'a>;
    type SerializeStructVariant = Never;

    whole!(serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_u8 u8, serialize_u16 u16, serialize_u32 u32);

    fn serialize_bool(self, value: bool) -> Result<(), Unfit> {
        self.out.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Unfit> {
        self.out.push_str(&value.to_string());
        Ok(())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Unfit> {
        self.out.push_str(&value.to_string());
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Unfit> {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result<(), Unfit> {
        if value.is_finite() {
            self.out.push_str(&hands::digits(value));
        } else {
            self.out.push_str("null");
        }
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Unfit> {
        self.string(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Unfit> {
        self.string(value);
        Ok(())
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<(), Unfit> {
        Err(Unfit)
    }

    fn serialize_none(self) -> Result<(), Unfit> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unfit> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unfit> {
        self.out.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Unfit> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), Unfit> {
        self.string(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        let mut object = Open::new(self, '{', '}');
        object.serialize_key(variant)?;
        object.serialize_value(value)?;
        object.shut()
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Open<'a>, Unfit> {
        Ok(Open::new(self, '[', ']'))
    }

    fn serialize_tuple(self, _len: usize) -> Result<Never, Unfit> {
        Err(Unfit)
    }

    fn serialize_tuple_struct(self, _name: &'static str, _len: usize) -> Result<Never, Unfit> {
        Err(Unfit)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Never, Unfit> {
        Err(Unfit)
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Open<'a>, Unfit> {
        Ok(Open::new(self, '{', '}'))
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Open<'a>, Unfit> {
        Ok(Open::new(self, '{', '}'))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Never, Unfit> {
        Err(Unfit)
    }
}

#[cfg(test)]
mod tests {
    use super::text;
    use model::{Evidence, Stats};
    use std::collections::BTreeMap;

    fn stats(median: f64) -> Stats {
        Stats {
            n: 9,
            median,
            lo: 1.0 / 3.0,
            hi: 1e21,
            mad: 0.1 + 0.2,
            outliers: 1,
        }
    }

    #[test]
    fn a_record_survives_the_way_to_json_and_back() {
        let example = concat!(
            r#"{"schema":"two-chefs-evidence/1","lesson":"waiting","params":{"tasks":"6"},"seed":9007199254740991,"#,
            r#""env":{"rung":3,"reason":"pool-works","reported_cores":2,"clock_step_nanos":5000,"isolated":true,"#,
            r#""yield_kind":"message-channel","user_agent":"a \"quoted\" \\ agent","build":"b","started":""},"#,
            r#""arms":[{"id":"sequential","strategy":"sequential","variant":"","workers":1,"workload":"waiting","#,
            r#""place":"page","tasks":6,"base":null,"jobs":[]}],"#,
            r#""rounds":[{"arm":"sequential","workload":"waiting","round":0,"order":1,"ms":61.25,"checksum":null,"#,
            r#""valid":false,"reason":"hidden","c":1,"p":null,"p_ticks":0.5,"peak":1,"hollow":0,"speedup":1.5,"#,
            r#""mean_finish_ms":30,"all_started_ms":50}],"stats":{},"metrics":{},"#,
            r#""capacity":{"probes":[{"workers":2,"ratio":1.97,"after":false}],"by_workers":{},"drift":0},"#,
            r#""checks":[{"id":"a","expr":"b < \"c\"","value":1,"lo":0,"hi":2,"limit":"<= 1","verdict":"pass","why":""}],"#,
            r#""finding":"Größe\n×","notes":["n"]}"#
        );
        let mut evidence: Evidence = serde_json::from_str(example).expect("an example record");
        evidence.stats.insert("sequential".into(), stats(61.25));
        evidence.metrics.insert(
            "sequential".into(),
            BTreeMap::from([("p".into(), stats(-0.0))]),
        );
        evidence.capacity.by_workers.insert(2, stats(1.97));
        let back: Evidence = serde_json::from_str(&text(&evidence)).expect("what was written");
        assert_eq!(back, evidence);
        assert!(text(&evidence).contains(r#""by_workers":{"2":{"#));
    }

    #[test]
    fn a_number_that_is_none_is_null() {
        assert!(text(&stats(f64::NAN)).starts_with(r#"{"n":9,"median":null,"#));
    }
}
