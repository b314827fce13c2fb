//! What the tests share: projects to run zicha in, comparable files, other programs.

mod files;
mod hospital;
mod processes;
mod programs;
mod project;
mod workbook;

use std::path::Path;

use zicha::ingest::ReadLimits;
use zicha::pipeline::Machine;

pub(crate) use files::{assert_whole, copy, files, parts, pipe};
pub(crate) use processes::{Group, assert_group_gone, children, slow_page, wait_for_child};
pub(crate) use programs::{
    audit, bagit, chromium, chromium_dom, libreoffice, minisign, mounted, pandoc, python, python_json, screenshot,
    shown_by_libreoffice, tools,
};
pub(crate) use project::{Project, Run};
pub(crate) use workbook::{assert_read_alike, workbook};

/// ReadLimits for reading the tests' workbooks in this process.
pub(crate) const LIMITS: ReadLimits =
    ReadLimits { file: 1 << 24, unpacked: 1 << 26, memory: 1 << 30, seconds: 60, cells: 1 << 20, text: 1 << 24 };

/// The machine of runs in this process.
pub(crate) fn machine() -> Machine {
    Machine { program: env!("CARGO_BIN_EXE_zicha").into(), memory: 8 << 30, fonts: Vec::new() }
}

/// A PDF of one blank page.
pub(crate) const SCAN: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
    2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R/Size 4>>\n%%EOF\n";

/// The folder of the shipped notice's settings.
pub(crate) const NOTICE: &str = "templates/2018-grassroots";

/// The branches of the shipped ledgers' roster, in its order.
pub(crate) const SHIPPED_BRANCHES: [&str; 18] = [
    "机电工程学院党总支",
    "信息工程学院党总支",
    "经济管理学院党总支",
    "建筑工程学院党总支",
    "汽车工程学院党总支",
    "化学工程学院党总支",
    "艺术设计学院党总支",
    "基础教学部党总支",
    "党委办公室党支部",
    "组织人事处党支部",
    "宣传统战部党支部",
    "纪委办公室党支部",
    "教务处党支部",
    "学生工作处党支部",
    "科研处党支部",
    "财务处党支部",
    "后勤管理处党支部",
    "图书馆党支部",
];

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
