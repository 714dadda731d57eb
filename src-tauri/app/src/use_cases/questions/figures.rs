//! Figures about questions, on the screen and as a table for spreadsheets.

use api::error::ApiError;
use api::question::{ExportStatistics, QuestionStatistics};
use api::question::{MostAskedRow, StatisticsRow, StatisticsView};
use api::view::ExportView;
use domain::id::Timestamp;
use domain::question::QuestionRow;
use domain::question::csv::Csv;
use domain::question::statistics::{Figures, statistics};

use crate::app::App;
use crate::engine::Core;

/// Rows of "asked most".
const MOST_ASKED_MAX: usize = 20;
/// Rows of "searched in vain".
const FAILED_SEARCHES_MAX: usize = 50;

impl App {
    pub(crate) async fn question_statistics(&self, query: QuestionStatistics) -> Result<StatisticsView, ApiError> {
        self.engine()?.attempt(move |core| core.statistics_view(query.from, query.to)).await
    }

    pub(crate) async fn export_statistics(&self, act: ExportStatistics) -> Result<ExportView, ApiError> {
        let ExportStatistics { from, to, path } = act;
        let view = self.engine()?.attempt(move |core| core.statistics_view(from, to)).await?;
        self.write(path, table(&view).into_bytes()).await
    }
}

impl Core {
    /// Figures of the threads that this person may see; of all who routes for all.
    fn statistics_view(&mut self, from: Option<Timestamp>, to: Option<Timestamp>) -> Result<StatisticsView, ApiError> {
        let (me, _) = self.acting()?;
        let now = self.now().wall;
        let offices = self.offices().clone();
        let rows: Vec<QuestionRow> = self
            .question_rows()
            .values()
            .filter(|listed| listed.row.is_listed_for(&offices, &me))
            .map(|listed| {
                let mut row = listed.row.clone();
                // In words that this person may read.
                if let Some(title) = row.published.clone().filter(|_| !row.concerns(&offices, &me)) {
                    row.title = title;
                }
                row
            })
            .collect();
        let told = statistics(&rows, from.unwrap_or(Timestamp(i64::MIN)), to.unwrap_or(Timestamp(i64::MAX)), now);
        let names = self.units_here();
        let mut units: Vec<StatisticsRow> = told
            .by_unit
            .iter()
            .map(|(unit, figures)| figures_row(names.get(unit).cloned().unwrap_or_else(|| unit.short()), figures))
            .collect();
        let mut fields: Vec<StatisticsRow> =
            told.by_field.iter().map(|(field, figures)| figures_row(field.clone(), figures)).collect();
        for list in [&mut units, &mut fields] {
            list.sort_by(|a, b| b.asked.cmp(&a.asked).then_with(|| a.name.cmp(&b.name)));
        }
        let field_of = |id| rows.iter().find(|row| row.id == id).map(|row| row.field.clone()).unwrap_or_default();
        let most_asked = told.most_asked.iter().take(MOST_ASKED_MAX);
        Ok(StatisticsView {
            all: figures_row(String::new(), &told.all),
            units,
            fields,
            most_asked: most_asked
                .map(|most| MostAskedRow {
                    question: most.question,
                    title: most.title.clone(),
                    field: field_of(most.question),
                    count: most.times,
                })
                .collect(),
            failed_searches: self.searched_in_vain()?.into_iter().take(FAILED_SEARCHES_MAX).collect(),
        })
    }
}

fn figures_row(name: String, figures: &Figures) -> StatisticsRow {
    let minutes = |minutes: Option<u64>| minutes.map(|minutes| u32::try_from(minutes).unwrap_or(u32::MAX));
    StatisticsRow {
        name,
        asked: figures.asked,
        answered: figures.answered,
        overdue: figures.overdue,
        explained: figures.extended,
        first_answer_median_minutes: minutes(figures.first_answer_median_min),
        first_answer_p90_minutes: minutes(figures.first_answer_p90_min),
    }
}

/// Headings in both languages: the file leaves the program, and nobody can switch it there.
fn table(view: &StatisticsView) -> String {
    let mut csv = Csv::default();
    csv.line([
        "Nhóm (group)",
        "Tên (name)",
        "Câu hỏi (asked)",
        "Đã trả lời (answered)",
        "Quá hạn (overdue)",
        "Gia hạn có lý do (late with a reason)",
        "Trung vị phút đến trả lời đầu (median minutes to first answer)",
        "P90 phút (p90 minutes)",
    ]);
    let all =
        [("Tất cả (all)", std::slice::from_ref(&view.all)), ("Đơn vị (unit)", &view.units), ("Lĩnh vực (field)", &view.fields)];
    for (group, rows) in all {
        for row in rows {
            let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
            let cells = [row.asked, row.answered, row.overdue, row.explained].map(|number| number.to_string());
            let times = [number(row.first_answer_median_minutes), number(row.first_answer_p90_minutes)];
            csv.line([group, row.name.as_str()].into_iter().chain(cells.iter().chain(&times).map(String::as_str)));
        }
    }
    for most in &view.most_asked {
        let count = most.count.to_string();
        csv.line(["Hỏi nhiều nhất (most asked)", most.title.as_str(), count.as_str(), "", "", "", "", ""]);
    }
    for failed in &view.failed_searches {
        let count = failed.count.to_string();
        csv.line(["Tìm không thấy (searched in vain)", failed.text.as_str(), count.as_str(), "", "", "", "", ""]);
    }
    csv.into_text()
}
