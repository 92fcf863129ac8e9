use super::*;
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    Instruction, MemoryType, Module, NameMap, NameSection, TableSection, TableType, TypeSection,
    ValType,
};
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef, Validator, WasmFeatures};

const NAMES: [&str; 7] = [
    "js::hello",
    "app::start",
    "app::later::draw",
    "charts::line",
    "core::shared",
    "charts::callback",
    "yew::callback",
];

/// `start` calls `draw` and `shared`; `draw` calls `line`, `shared` and the
/// imported `hello`; the table holds both callbacks, and that of charts calls
/// `line` too.
fn program() -> Vec<u8> {
    let calls: [&[u32]; 6] = [&[2, 4], &[3, 4, 0], &[], &[], &[3], &[]];
    // `start` points to the first constant, `line` to the third.
    let constants = [
        Some(CONSTANTS),
        None,
        Some(CONSTANTS + 24),
        None,
        None,
        None,
    ];
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut imports = ImportSection::new();
    imports.import("js", "hello", EntityType::Function(0));
    imports.import(
        "env",
        "memory",
        MemoryType {
            minimum: 1,
            maximum: Some(2),
            memory64: false,
            shared: true,
            page_size_log2: None,
        },
    );
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    for (called, constant) in calls.into_iter().zip(constants) {
        functions.function(0);
        let mut body = Function::new([]);
        if let Some(address) = constant {
            body.instruction(&Instruction::I32Const(address as i32));
            body.instruction(&Instruction::Drop);
        }
        for func in called {
            body.instruction(&Instruction::Call(*func));
        }
        body.instruction(&Instruction::GlobalGet(0));
        body.instruction(&Instruction::Drop);
        body.instruction(&Instruction::End);
        code.function(&body);
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: wasm_encoder::RefType::FUNCREF,
        minimum: 3,
        maximum: Some(3),
        table64: false,
        shared: false,
    });
    let mut globals = GlobalSection::new();
    globals.global(
        GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        },
        &ConstExpr::i32_const(0),
    );
    let mut exports = ExportSection::new();
    exports.export("a", ExportKind::Func, 1);
    let mut elements = ElementSection::new();
    elements.active(
        None,
        &ConstExpr::i32_const(1),
        Elements::Functions([5, 6][..].into()),
    );
    let mut names = NameMap::new();
    for (func, name) in (0..).zip(NAMES) {
        names.append(func, name);
    }
    let mut section = NameSection::new();
    section.functions(&names);
    let mut data = DataSection::new();
    data.passive([7; 8]);
    data.passive(rodata());
    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&tables)
        .section(&globals)
        .section(&exports)
        .section(&elements)
        .section(&DataCountSection { count: 2 })
        .section(&code)
        .section(&data)
        .section(&section);
    module.finish()
}

const CONSTANTS: u32 = 0x10_0010;

/// Four constants: the first points to the second, nothing to the fourth.
fn rodata() -> Vec<u8> {
    let mut bytes = (CONSTANTS + 8).to_le_bytes().to_vec();
    bytes.extend([1; 4]);
    bytes.extend([2; 16]);
    bytes.extend([3; 8]);
    bytes.extend([4; 8]);
    bytes
}

const MAP: &str = "
  100000   10e024        8 .tdata
  100010   10e197       28 .rodata
  100010   10e19b        8         some/app.o:(.rodata..Lanon.1)
  100018   10e19b       10         some/app.o:(.rodata..Lanon.2)
  100028   10e19f        8         some/app.o:(.rodata..Lanon.3)
  100030   10e1b7        8         some/app.o:(.rodata..Lanon.4)
";

/// Segments of data: address if they have one, bytes.
fn data_of(part: &[u8]) -> Vec<(Option<u32>, Vec<u8>)> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(part) {
        if let Payload::DataSection(section) = payload.unwrap() {
            for segment in section {
                let segment = segment.unwrap();
                let place = match segment.kind {
                    wasmparser::DataKind::Active { offset_expr, .. } => {
                        match offset_expr.get_operators_reader().read().unwrap() {
                            wasmparser::Operator::I32Const { value } => Some(value as u32),
                            other => panic!("{other:?}"),
                        }
                    }
                    wasmparser::DataKind::Passive => None,
                };
                found.push((place, segment.data.to_vec()));
            }
        }
    }
    found
}

#[test]
fn constants_that_nothing_early_points_to_come_later() {
    let parts = split(&program(), &BOUNDARY, Some(MAP)).unwrap();
    let whole = rodata();
    let mut early = whole[..24].to_vec();
    early.extend([0; 16]);
    assert_eq!(data_of(&parts.first), [(None, vec![7; 8]), (None, early)]);
    let later = whole[24..].to_vec();
    assert_eq!(data_of(&parts.later), [(Some(CONSTANTS + 24), later)]);
    assert_eq!(parts.n_constant_bytes, 16);
    for part in [&parts.first, &parts.later] {
        Validator::new_with_features(WasmFeatures::all())
            .validate_all(part)
            .unwrap();
    }
    // Without a map nothing is moved, and that of another program is refused.
    let all_early = split(&program(), &BOUNDARY, None).unwrap();
    assert_eq!(data_of(&all_early.first)[1].1, whole);
    let other = MAP.replace("      28 .rodata", "      30 .rodata");
    assert!(split(&program(), &BOUNDARY, Some(&other)).is_err());
}

const BOUNDARY: Boundary = Boundary {
    is_gate: |name| name.starts_with("app::later::"),
    is_later: |name| name.starts_with("charts::"),
};

/// Names of the functions with code, and of what is imported from the other part.
fn inside(part: &[u8]) -> (Vec<String>, Vec<String>) {
    let mut lent = Vec::new();
    let mut n_imported = 0;
    let mut defined = Vec::new();
    for payload in Parser::new(0).parse_all(part) {
        match payload.unwrap() {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.unwrap();
                    if matches!(import.ty, TypeRef::Func(_)) {
                        n_imported += 1;
                        lent.push(import.name.to_owned());
                    }
                }
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(names) = section.as_known() else {
                    continue;
                };
                for name in names {
                    if let Name::Function(map) = name.unwrap() {
                        let named = map.into_iter().map(Result::unwrap);
                        let named = named.filter(|naming| naming.index >= n_imported);
                        defined.extend(named.map(|naming| naming.name.to_owned()));
                    }
                }
            }
            _ => {}
        }
    }
    (defined, lent)
}

#[test]
fn what_only_a_door_leads_to_comes_later() {
    let parts = split(&program(), &BOUNDARY, None).unwrap();
    let (first, _) = inside(&parts.first);
    let (later, lent) = inside(&parts.later);
    assert_eq!(first, ["app::start", "core::shared", "yew::callback"]);
    assert_eq!(
        later,
        ["app::later::draw", "charts::line", "charts::callback"]
    );
    assert_eq!((parts.n_later, parts.n_gates), (3, 1));
    // `hello` and `shared`, under names that the program does not export itself.
    assert_eq!(lent, ["b", "c"]);
    for part in [&parts.first, &parts.later] {
        Validator::new_with_features(WasmFeatures::all())
            .validate_all(part)
            .unwrap();
    }
}

#[test]
fn the_table_grows_by_the_doors_and_each_part_fills_its_places() {
    let parts = split(&program(), &BOUNDARY, None).unwrap();
    let places = |part: &[u8]| {
        let mut places = Vec::new();
        for payload in Parser::new(0).parse_all(part) {
            if let Payload::ElementSection(section) = payload.unwrap() {
                for element in section {
                    let element = element.unwrap();
                    let wasmparser::ElementKind::Active { offset_expr, .. } = element.kind else {
                        panic!("not active");
                    };
                    let mut operators = offset_expr.get_operators_reader();
                    let wasmparser::Operator::I32Const { value } = operators.read().unwrap() else {
                        panic!("not a number");
                    };
                    places.push(value);
                }
            }
        }
        places
    };
    assert_eq!(places(&parts.first), [2]);
    assert_eq!(places(&parts.later), [1, 3]);
}

#[test]
fn a_program_without_names_or_doors_is_not_split() {
    let boundary = Boundary {
        is_gate: |_| false,
        ..BOUNDARY
    };
    let why = split(&program(), &boundary, None).unwrap_err();
    assert!(why.contains("nothing leads"), "{why}");
    let nameless = split(&program(), &BOUNDARY, None).unwrap().later;
    assert!(split(&nameless, &BOUNDARY, None).is_err());
}
