//! How a text is cited: "khoản 2 Điều 20 Luật Cư trú 68/2020/QH14".

use crate::article::{Article, Kind};

/// The citation of an article as official papers write it: from the smallest part to the whole, then the number of the document.
pub fn citation(article: &Article) -> String {
    place(article, article.clause.as_deref(), article.point.as_deref())
}

/// The citation of what stands at a byte of [`Article::body`]: of a legal text down to the clause and point, of a procedure with the
/// name of the section.
pub fn passage(article: &Article, byte: usize) -> String {
    let (block, clause, point) = article.place_of(byte);
    let cited = place(article, clause.or(article.clause.as_deref()), point.or(article.point.as_deref()));
    match block.and_then(|block| article.section_of(block)) {
        Some(section) => format!("{cited} – {section}"),
        None => cited,
    }
}

/// The citation of a clause (and point) of an article, e.g. the one that was found.
pub fn place(article: &Article, clause: Option<&str>, point: Option<&str>) -> String {
    let mut parts: Vec<String> = Vec::new();
    if article.kind == Kind::Law {
        parts.extend(point.map(|point| format!("điểm {point}")));
        parts.extend(clause.map(|clause| format!("khoản {clause}")));
        parts.extend(article.article.as_ref().map(|number| format!("Điều {number}")));
        parts.push(article.source.clone());
    } else {
        let what = match article.kind {
            Kind::Procedure => "Thủ tục",
            Kind::Form => "Biểu mẫu",
            Kind::Guidance | Kind::Law => "Sổ tay",
        };
        // "Thủ tục thẩm định …" already says what it is.
        let title = &article.title;
        let said = title.to_lowercase().starts_with(&what.to_lowercase());
        parts.push(if said { title.clone() } else { format!("{what} “{title}”") });
        if article.kind == Kind::Guidance && !article.source.is_empty() && article.source != *title {
            parts.push(format!("({})", article.source));
        }
    }
    // A source may hold its number already.
    if let Some(number) = article.number.as_deref().filter(|number| !parts.iter().any(|part| part.contains(number))) {
        parts.push(if article.kind == Kind::Procedure { format!("(mã số {number})") } else { number.to_owned() });
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Block;

    fn law() -> Article {
        Article {
            kind: Kind::Law,
            title: "Điều kiện đăng ký thường trú".to_owned(),
            source: "Luật Cư trú".to_owned(),
            number: Some("68/2020/QH14".to_owned()),
            article: Some("20".to_owned()),
            ..Article::default()
        }
    }

    #[test]
    fn an_article_of_a_law_is_cited_from_the_smallest_part_up() {
        assert_eq!(citation(&law()), "Điều 20 Luật Cư trú 68/2020/QH14");
        assert_eq!(place(&law(), Some("2"), None), "khoản 2 Điều 20 Luật Cư trú 68/2020/QH14");
        assert_eq!(place(&law(), Some("2"), Some("a")), "điểm a khoản 2 Điều 20 Luật Cư trú 68/2020/QH14");
    }

    #[test]
    fn what_was_found_in_a_text_is_cited_by_its_clause_and_in_a_procedure_by_its_section() {
        let blocks =
            vec![Block::paragraph("Mở đầu."), Block::point("2.", "Người thuê nhà.", 0), Block::point("a)", "Hợp đồng.", 1)];
        let law = Article { blocks, ..law() };
        let at = |article: &Article, text: &str| article.body().find(text).map(|byte| passage(article, byte)).unwrap_or_default();
        assert_eq!(at(&law, "Mở"), "Điều 20 Luật Cư trú 68/2020/QH14");
        assert_eq!(at(&law, "thuê"), "khoản 2 Điều 20 Luật Cư trú 68/2020/QH14");
        assert_eq!(at(&law, "đồng"), "điểm a khoản 2 Điều 20 Luật Cư trú 68/2020/QH14");
        let procedure = Article {
            kind: Kind::Procedure,
            title: "Đăng ký thường trú".to_owned(),
            number: Some("1.004222".to_owned()),
            blocks: vec![Block::heading("Hồ sơ gồm những gì"), Block::paragraph("Tờ khai.")],
            ..Article::default()
        };
        let cited = "Thủ tục “Đăng ký thường trú” (mã số 1.004222) – Hồ sơ gồm những gì";
        assert_eq!(at(&procedure, "Tờ khai"), cited);
    }

    #[test]
    fn a_source_that_holds_the_number_does_not_get_it_twice() {
        let decree =
            Article { source: "Nghị định 61/2018/NĐ-CP".to_owned(), number: Some("61/2018/NĐ-CP".to_owned()), ..law() };
        assert_eq!(citation(&decree), "Điều 20 Nghị định 61/2018/NĐ-CP");
    }

    #[test]
    fn a_procedure_and_a_page_of_guidance_are_cited_by_title() {
        let procedure = Article {
            kind: Kind::Procedure,
            title: "Đăng ký thường trú".to_owned(),
            number: Some("1.004222".to_owned()),
            ..Article::default()
        };
        assert_eq!(citation(&procedure), "Thủ tục “Đăng ký thường trú” (mã số 1.004222)");
        let guidance =
            Article {
                title: "Tiếp nhận hồ sơ".to_owned(), source: "Sổ tay của thành phố".to_owned(), ..Article::default()
            };
        assert_eq!(citation(&guidance), "Sổ tay “Tiếp nhận hồ sơ” (Sổ tay của thành phố)");
    }
}
