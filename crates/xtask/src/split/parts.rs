//! Reads a program and writes its two parts.

use super::FROM;
use super::graph::Graph;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, FunctionSection, ImportSection, Instruction, Module, NameMap,
    NameSection, RawSection, SectionId, StartSection, TableSection,
};
use wasmparser::{
    ElementItems, ElementKind, ExternalKind, FunctionBody, KnownCustom, Name, Operator, Parser,
    Payload, TableInit, TypeRef,
};

/// A program as far as splitting needs to know it. Functions have the numbers
/// they have there: imported ones first.
pub struct Program<'a> {
    /// Names of functions.
    pub names: BTreeMap<u32, String>,
    /// Sections that both or one of the parts take over as they are.
    raw: BTreeMap<u8, &'a [u8]>,
    /// Which features of WebAssembly it uses: what comes after needs to know.
    features: Option<&'a [u8]>,
    imports: Vec<wasmparser::Import<'a>>,
    /// Type of every function.
    types: Vec<u32>,
    n_imported: u32,
    bodies: Vec<FunctionBody<'a>>,
    tables: Vec<wasmparser::TableType>,
    globals: Vec<wasmparser::GlobalType>,
    exports: Vec<wasmparser::Export<'a>>,
    start: Option<u32>,
    /// What memory is filled with at the start, in pieces.
    data: Vec<&'a [u8]>,
    /// The table of functions, and what is in it: place, function.
    table_idx: u32,
    table: BTreeMap<u32, u32>,
}

const FEATURES: &str = "target_features";

/// `<app[78189ef28939d852]::cx::Cx>::say` without what is in square brackets
/// after a crate's name.
fn without_hashes(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        match after.split_once(']') {
            Some((hash, tail)) if tail.starts_with("::") && is_hexadecimal(hash) => rest = tail,
            _ => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn is_hexadecimal(text: &str) -> bool {
    text.len() > 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

impl<'a> Program<'a> {
    /// Reads a program.
    ///
    /// # Errors
    /// When it is no WebAssembly, or made of what this splitting does not know.
    pub fn read(wasm: &'a [u8]) -> Result<Self, String> {
        let mut program = Self {
            names: BTreeMap::new(),
            raw: BTreeMap::new(),
            features: None,
            imports: Vec::new(),
            types: Vec::new(),
            n_imported: 0,
            bodies: Vec::new(),
            tables: Vec::new(),
            globals: Vec::new(),
            exports: Vec::new(),
            start: None,
            data: Vec::new(),
            table_idx: 0,
            table: BTreeMap::new(),
        };
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload.map_err(told)?;
            if let Some((id, range)) = payload.as_section()
                && id != 0
            {
                let bytes = wasm.get(range.start as usize..range.end as usize);
                program.raw.insert(id, bytes.ok_or("a section has no end")?);
            }
            program.take(payload)?;
        }
        Ok(program)
    }

    /// Its functions in order: name, or nothing where it has none, and body.
    pub fn into_bodies(self) -> Vec<(String, FunctionBody<'a>)> {
        let mut names = self.names;
        let numbers = self.n_imported..;
        let bodies = self.bodies.into_iter().zip(numbers);
        bodies
            .map(|(body, func)| (names.remove(&func).unwrap_or_default(), body))
            .collect()
    }

    fn take(&mut self, payload: Payload<'a>) -> Result<(), String> {
        match payload {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.map_err(told)?;
                    match import.ty {
                        TypeRef::Func(ty) => self.types.push(ty),
                        TypeRef::Memory(_) => {}
                        _ => return Err(format!("it imports {}", import.name)),
                    }
                    self.imports.push(import);
                }
                self.n_imported = self.types.len() as u32;
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.types.push(ty.map_err(told)?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    let table = table.map_err(told)?;
                    if !matches!(table.init, TableInit::RefNull) {
                        return Err("a table is filled by an expression".into());
                    }
                    self.tables.push(table.ty);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    self.globals.push(global.map_err(told)?.ty);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    self.exports.push(export.map_err(told)?);
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => {
                for element in section {
                    self.take_element(&element.map_err(told)?)?;
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(section) => {
                if section.name() == FEATURES {
                    self.features = Some(section.data());
                }
                if let KnownCustom::Name(parts) = section.as_known() {
                    for part in parts {
                        let Name::Function(names) = part.map_err(told)? else {
                            continue;
                        };
                        for name in names {
                            let name = name.map_err(told)?;
                            self.names.insert(name.index, without_hashes(name.name));
                        }
                    }
                }
            }
            Payload::DataSection(section) => {
                for segment in section {
                    let segment = segment.map_err(told)?;
                    // With shared memory only one of its instances may fill it.
                    if !matches!(segment.kind, wasmparser::DataKind::Passive) {
                        return Err("its memory is filled by whoever comes".into());
                    }
                    self.data.push(segment.data);
                }
            }
            Payload::TagSection(_) => return Err("it throws exceptions".into()),
            _ => {}
        }
        Ok(())
    }

    fn take_element(&mut self, element: &wasmparser::Element<'a>) -> Result<(), String> {
        let ElementKind::Active {
            table_index,
            offset_expr,
        } = &element.kind
        else {
            return Err("its table is filled by instructions".into());
        };
        let offset = match offset_expr.get_operators_reader().read() {
            Ok(Operator::I32Const { value }) => value as u32,
            _ => return Err("a place in its table is not a number".into()),
        };
        self.table_idx = table_index.unwrap_or(0);
        let ElementItems::Functions(funcs) = element.items.clone() else {
            return Err("its table holds expressions".into());
        };
        for (place, func) in (offset..).zip(funcs) {
            self.table.insert(place, func.map_err(told)?);
        }
        Ok(())
    }

    /// Functions with code, and their code.
    pub fn bodies(&self) -> impl Iterator<Item = (u32, &FunctionBody<'a>)> {
        (self.n_imported..).zip(&self.bodies)
    }

    /// Functions with code.
    pub fn defined(&self) -> impl Iterator<Item = u32> {
        self.n_imported..self.types.len() as u32
    }

    /// Segments of data.
    pub fn data(&self) -> impl Iterator<Item = &'a [u8]> {
        self.data.iter().copied()
    }

    /// Functions in the table.
    pub fn in_table(&self) -> impl Iterator<Item = u32> {
        self.table.values().copied()
    }

    /// Functions that are called from outside.
    pub fn roots(&self) -> Vec<u32> {
        let is_func = |export: &&wasmparser::Export<'_>| export.kind == ExternalKind::Func;
        let exported = self.exports.iter().filter(is_func);
        exported
            .map(|export| export.index)
            .chain(self.start)
            .collect()
    }

    /// First free place in the table of functions.
    fn end_of_table(&self) -> Result<u32, String> {
        let table = self.tables.get(self.table_idx as usize);
        let size = table.ok_or("it has no table")?.initial;
        u32::try_from(size).map_err(told)
    }

    fn type_of(&self, func: u32) -> u32 {
        self.types.get(func as usize).copied().unwrap_or(0)
    }

    fn copy_features(&self, module: &mut Module) {
        if let Some(data) = self.features {
            module.section(&CustomSection {
                name: FEATURES.into(),
                data: data.into(),
            });
        }
    }

    /// For whoever has to read a stack; the names are gone from what is served.
    fn name(&self, module: &mut Module, numbers: &BTreeMap<u32, u32>) {
        let mut named = NameMap::new();
        let by_number: BTreeMap<u32, u32> = numbers.iter().map(|(func, n)| (*n, *func)).collect();
        for (number, func) in by_number {
            if let Some(name) = self.names.get(&func) {
                named.append(number, name);
            }
        }
        let mut section = NameSection::new();
        section.functions(&named);
        module.section(&section);
    }

    fn copy(&self, module: &mut Module, id: SectionId) {
        if let Some(data) = self.raw.get(&(id as u8)) {
            module.section(&RawSection { id: id as u8, data });
        }
    }

    /// Names under which the first part exports everything that the second one
    /// needs: functions by number, memory, tables and globals.
    fn lent(&self, used: &BTreeSet<u32>) -> Lent {
        let is_taken = |name: &str| self.exports.iter().any(|export| export.name == name);
        let mut free = (0..).map(short).filter(|name| !is_taken(name));
        let mut name = |kind: ExternalKind, index: u32| {
            let known = self
                .exports
                .iter()
                .find(|export| export.kind == kind && export.index == index);
            match known {
                Some(export) => (export.name.to_owned(), false),
                // There is no end of them.
                None => (free.next().unwrap_or_default(), true),
            }
        };
        Lent {
            funcs: used
                .iter()
                .map(|func| (*func, name(ExternalKind::Func, *func)))
                .collect(),
            memory: name(ExternalKind::Memory, 0),
            tables: (0..self.tables.len() as u32)
                .map(|idx| name(ExternalKind::Table, idx))
                .collect(),
            globals: (0..self.globals.len() as u32)
                .map(|idx| name(ExternalKind::Global, idx))
                .collect(),
        }
    }

    /// Functions of the first part that the second one calls.
    fn used(&self, later: &BTreeSet<u32>, graph: &Graph) -> BTreeSet<u32> {
        let calls = later.iter().flat_map(|func| graph.calls(*func));
        calls
            .copied()
            .filter(|callee| !later.contains(callee))
            .collect()
    }

    /// What takes the place of the whole program.
    ///
    /// # Errors
    /// When a function cannot be written.
    pub fn first(
        &self,
        later: &BTreeSet<u32>,
        gates: &[u32],
        graph: &Graph,
        constants: &Constants,
    ) -> Result<Vec<u8>, String> {
        let mut module = Module::new();
        self.copy(&mut module, SectionId::Type);
        self.copy(&mut module, SectionId::Import);
        let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
        for (number, func) in
            (0..).zip((0..self.types.len() as u32).filter(|func| !later.contains(func)))
        {
            numbers.insert(func, number);
        }
        let mut functions = FunctionSection::new();
        for func in self.defined().filter(|func| !later.contains(func)) {
            functions.function(self.type_of(func));
        }
        module.section(&functions);
        let end = self.end_of_table()?;
        let mut tables = TableSection::new();
        for (idx, table) in (0..).zip(&self.tables) {
            let mut table = RoundtripReencoder.table_type(*table).map_err(told)?;
            if idx == self.table_idx {
                table.minimum += gates.len() as u64;
                table.maximum = table.maximum.map(|most| most + gates.len() as u64);
            }
            tables.table(table);
        }
        module.section(&tables);
        self.copy(&mut module, SectionId::Memory);
        self.copy(&mut module, SectionId::Global);
        let mut exports = ExportSection::new();
        for export in &self.exports {
            let (kind, index) = match export.kind {
                ExternalKind::Func => (
                    ExportKind::Func,
                    numbers.get(&export.index).copied().unwrap_or(0),
                ),
                ExternalKind::Table => (ExportKind::Table, export.index),
                ExternalKind::Memory => (ExportKind::Memory, export.index),
                ExternalKind::Global => (ExportKind::Global, export.index),
                _ => return Err(format!("it exports {}", export.name)),
            };
            exports.export(export.name, kind, index);
        }
        self.lent(&self.used(later, graph))
            .export(&mut exports, &numbers);
        module.section(&exports);
        if let Some(start) = self.start {
            module.section(&StartSection {
                function_index: numbers.get(&start).copied().unwrap_or(0),
            });
        }
        let here = self.table.iter().filter(|(_, func)| !later.contains(func));
        module.section(&self.elements(here.map(|(place, func)| (*place, *func)), &numbers));
        self.copy(&mut module, SectionId::DataCount);
        let places = gates
            .iter()
            .zip(end..)
            .map(|(func, place)| (*func, (place, self.type_of(*func))));
        let mut writer = Writer {
            numbers: &numbers,
            gates: places.collect(),
            table_idx: self.table_idx,
        };
        module.section(&self.code(&mut writer, |func| !later.contains(&func))?);
        let mut data = DataSection::new();
        for segment in &self.data {
            data.passive(constants.without(segment));
        }
        module.section(&data);
        self.copy_features(&mut module);
        self.name(&mut module, &numbers);
        Ok(module.finish())
    }

    /// What is fetched when somebody wants more.
    ///
    /// # Errors
    /// When a function cannot be written.
    pub fn later(
        &self,
        later: &BTreeSet<u32>,
        gates: &[u32],
        graph: &Graph,
        constants: &Constants,
    ) -> Result<Vec<u8>, String> {
        let mut module = Module::new();
        self.copy(&mut module, SectionId::Type);
        let used = self.used(later, graph);
        let lent = self.lent(&used);
        let mut imports = ImportSection::new();
        let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
        for (number, (func, (name, _))) in (0..).zip(&lent.funcs) {
            numbers.insert(*func, number);
            imports.import(FROM, name, EntityType::Function(self.type_of(*func)));
        }
        let memory = self.imports.iter().find_map(|import| match import.ty {
            TypeRef::Memory(memory) => Some(memory),
            _ => None,
        });
        let memory = memory.ok_or("it imports no memory")?;
        imports.import(
            FROM,
            &lent.memory.0,
            RoundtripReencoder.memory_type(memory).map_err(told)?,
        );
        for (table, (name, _)) in self.tables.iter().zip(&lent.tables) {
            let mut table = RoundtripReencoder.table_type(*table).map_err(told)?;
            // Only the table of functions is known to keep its size.
            table.maximum = None;
            imports.import(FROM, name, table);
        }
        for (global, (name, _)) in self.globals.iter().zip(&lent.globals) {
            imports.import(
                FROM,
                name,
                RoundtripReencoder.global_type(*global).map_err(told)?,
            );
        }
        module.section(&imports);
        let mut functions = FunctionSection::new();
        for (number, func) in (lent.funcs.len() as u32..).zip(later) {
            numbers.insert(*func, number);
            functions.function(self.type_of(*func));
        }
        module.section(&functions);
        let end = self.end_of_table()?;
        let there = self
            .table
            .iter()
            .filter(|(_, func)| later.contains(func))
            .map(|(place, func)| (*place, *func))
            .chain((end..).zip(gates.iter().copied()));
        module.section(&self.elements(there, &numbers));
        let mut writer = Writer {
            numbers: &numbers,
            gates: BTreeMap::new(),
            table_idx: self.table_idx,
        };
        module.section(&self.code(&mut writer, |func| later.contains(&func))?);
        let mut data = DataSection::new();
        for (from, bytes) in self.data.iter().flat_map(|segment| constants.of(segment)) {
            data.active(0, &ConstExpr::i32_const(from as i32), bytes);
        }
        module.section(&data);
        self.copy_features(&mut module);
        self.name(&mut module, &numbers);
        Ok(module.finish())
    }

    /// Entries of the table, one segment a run of places in a row.
    fn elements(
        &self,
        entries: impl Iterator<Item = (u32, u32)>,
        numbers: &BTreeMap<u32, u32>,
    ) -> ElementSection {
        let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
        for (place, func) in entries {
            let number = numbers.get(&func).copied().unwrap_or(0);
            match runs.last_mut() {
                Some((start, run)) if *start + run.len() as u32 == place => run.push(number),
                _ => runs.push((place, vec![number])),
            }
        }
        let mut section = ElementSection::new();
        let table = (self.table_idx > 0).then_some(self.table_idx);
        for (start, run) in runs {
            section.active(
                table,
                &ConstExpr::i32_const(start as i32),
                Elements::Functions(Cow::Owned(run)),
            );
        }
        section
    }

    fn code(
        &self,
        writer: &mut Writer<'_>,
        is_here: impl Fn(u32) -> bool,
    ) -> Result<CodeSection, String> {
        let mut code = CodeSection::new();
        for (_, body) in self.bodies().filter(|(func, _)| is_here(*func)) {
            writer
                .parse_function_body(&mut code, body.clone())
                .map_err(told)?;
        }
        Ok(code)
    }
}

/// Constants that come with the second part: where all are, and which ones.
#[derive(Debug, Default)]
pub struct Constants {
    /// Addresses of all constants; the segment of this length has them.
    pub all: Range<u32>,
    /// Addresses of those that come later, in order.
    pub later: Vec<Range<u32>>,
}

/// Constants of the first part between two of the second are written again, as
/// they are, if that is shorter than beginning anew.
const GAP: u32 = 12;

impl Constants {
    fn is_in(&self, segment: &[u8]) -> bool {
        segment.len() == self.all.len() && !self.later.is_empty()
    }

    fn place(&self, range: &Range<u32>) -> Range<usize> {
        (range.start - self.all.start) as usize..(range.end - self.all.start) as usize
    }

    /// A segment with zeros where the later ones will be.
    fn without(&self, segment: &[u8]) -> Vec<u8> {
        let mut bytes = segment.to_vec();
        if self.is_in(segment) {
            for range in &self.later {
                if let Some(place) = bytes.get_mut(self.place(range)) {
                    place.fill(0);
                }
            }
        }
        bytes
    }

    /// What the second part writes: address, bytes.
    fn of(&self, segment: &[u8]) -> Vec<(u32, Vec<u8>)> {
        if !self.is_in(segment) {
            return Vec::new();
        }
        let mut runs: Vec<Range<u32>> = Vec::new();
        for range in &self.later {
            match runs.last_mut() {
                Some(run) if range.start - run.end <= GAP => run.end = range.end,
                _ => runs.push(range.clone()),
            }
        }
        let bytes = |run: &Range<u32>| segment.get(self.place(run)).unwrap_or_default().to_vec();
        runs.iter().map(|run| (run.start, bytes(run))).collect()
    }
}

/// What the first part exports for the second; the flag says whether it was not
/// exported before.
struct Lent {
    funcs: BTreeMap<u32, (String, bool)>,
    memory: (String, bool),
    tables: Vec<(String, bool)>,
    globals: Vec<(String, bool)>,
}

impl Lent {
    fn export(&self, exports: &mut ExportSection, numbers: &BTreeMap<u32, u32>) {
        for (func, (name, is_new)) in &self.funcs {
            if *is_new {
                exports.export(
                    name,
                    ExportKind::Func,
                    numbers.get(func).copied().unwrap_or(0),
                );
            }
        }
        if self.memory.1 {
            exports.export(&self.memory.0, ExportKind::Memory, 0);
        }
        for (kind, all) in [
            (ExportKind::Table, &self.tables),
            (ExportKind::Global, &self.globals),
        ] {
            for (index, (name, is_new)) in (0..).zip(all) {
                if *is_new {
                    exports.export(name, kind, index);
                }
            }
        }
    }
}

/// A short name: `a`, `b`, … `aa`, …
fn short(mut number: u32) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut name = String::new();
    loop {
        name.insert(0, char::from(LETTERS[(number % 52) as usize]));
        number /= 52;
        if number == 0 {
            return name;
        }
        number -= 1;
    }
}

/// Writes code with the numbers that functions have in a part.
struct Writer<'m> {
    numbers: &'m BTreeMap<u32, u32>,
    /// Place in the table and type of functions that are not in this part.
    gates: BTreeMap<u32, (u32, u32)>,
    table_idx: u32,
}

impl Reencode for Writer<'_> {
    type Error = String;

    fn function_index(&mut self, func: u32) -> Result<u32, Error<String>> {
        let number = self.numbers.get(&func).copied();
        number.ok_or_else(|| Error::UserError(format!("function {func} is in the other part")))
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<String>> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let operator = operators.read()?;
            let gate = match &operator {
                Operator::Call { function_index } => self.gates.get(function_index),
                _ => None,
            };
            if let Some((place, type_index)) = gate {
                function.instruction(&Instruction::I32Const(*place as i32));
                function.instruction(&Instruction::CallIndirect {
                    type_index: *type_index,
                    table_index: self.table_idx,
                });
            } else {
                function.instruction(&self.instruction(operator)?);
            }
        }
        code.function(&function);
        Ok(())
    }
}
