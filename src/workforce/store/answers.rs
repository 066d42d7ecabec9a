//! Conditions on answers, pushed into the statements that list and count; and the count by an answer.

use sqlx::{PgConnection, Postgres, QueryBuilder};

use crate::kernel::Fault;
use crate::tenancy::ReferenceVersion;
use crate::workforce::answered::Answered;
use crate::workforce::tally::{AnswerAxis, Columns};

type Sql = QueryBuilder<Postgres>;

/// ` and <worker> in (…)` for each condition. `worker` is a column of the statement.
pub(super) fn conditions(sql: &mut Sql, worker: &str, among: &[Answered]) {
    for Answered { form, condition } in among {
        let operator = if condition.answered { "in" } else { "not in" };
        sql.push(format!(
            " and {worker} {operator} (select a.subject_id from form_answer a where a.form_id = "
        ));
        sql.push_bind(*form)
            .push(" and a.field = ")
            .push_bind(condition.of.field.clone());
        match condition.any_of.as_deref() {
            // An index has the people of one text in their order, in which postings are too.
            Some([text]) => {
                sql.push(" and a.text = ").push_bind(text.clone());
            }
            Some(texts) => {
                sql.push(" and a.text = any(")
                    .push_bind(texts.to_vec())
                    .push(")");
            }
            None => {}
        }
        if let Some(least) = condition.least {
            sql.push(" and a.number >= ").push_bind(least);
        }
        if let Some(most) = condition.most {
            sql.push(" and a.number <= ").push_bind(most);
        }
        if let Some(from) = condition.from {
            sql.push(" and a.day >= ").push_bind(from);
        }
        if let Some(to) = condition.to {
            sql.push(" and a.day <= ").push_bind(to);
        }
        sql.push(")");
    }
}

/// As [`super::tally`], of those who answered so, by what they answered. A count that asks for neither does not pay for
/// the way from the post to the person.
pub(in crate::workforce) async fn tally_answers(
    connection: &mut PgConnection,
    columns: &Columns,
    limit: usize,
) -> Result<(ReferenceVersion, Vec<(i64, u64)>), Fault> {
    let mut sql = Sql::new(
        "select head.epoch, head.reference_seq, tally.cell, tally.people
         from (select epoch, reference_seq from ledger_head where only_row limit 1) head
         left join (select greatest((",
    );
    sql.push_bind(&columns.facilities)
        .push("::bigint[])[fact.facility] + (")
        .push_bind(&columns.cadres_sexes)
        .push("::bigint[])[fact.cadre_sex]");
    if let Some(employment) = &columns.employment {
        sql.push(" + (")
            .push_bind(employment)
            .push("::bigint[])[fact.employment + 1]");
    }
    if columns.per_age_band != 0 {
        sql.push(" + ").push_bind(columns.per_age_band);
        // The oldest first; who has no birth date is in the last band.
        sql.push("::bigint * case");
        for (band, born) in columns.born_by.iter().enumerate().rev() {
            sql.push(" when fact.birth_date <= ")
                .push_bind(*born)
                .push(format!(" then {}", band + 1));
        }
        sql.push(" when fact.birth_date < 'infinity' then 0 else 6 end");
    }
    let axis = columns.answers.as_ref();
    if let Some(axis) = axis {
        sql.push(" + coalesce(class.added, ")
            .push_bind(axis.unanswered)
            .push("::bigint)");
    }
    sql.push(
        ", -1) as cell, count(*) as people
         from posting_fact fact join posting p on p.posting_id = fact.posting_id",
    );
    if let Some(AnswerAxis {
        form,
        field,
        classes,
        ..
    }) = axis
    {
        let codes: Vec<&str> = classes.iter().map(|(code, _)| code.as_str()).collect();
        let added: Vec<i64> = classes.iter().map(|(_, added)| *added).collect();
        sql.push(" left join form_answer a on a.subject_id = p.worker_id and a.ordinal = 0 and a.form_id = ")
            .push_bind(*form)
            .push(" and a.field = ")
            .push_bind(field.clone())
            .push(" left join unnest(")
            .push_bind(codes)
            .push("::text[], ")
            .push_bind(added)
            .push("::bigint[]) as class (code, added) on class.code = a.text");
    }
    sql.push(" where fact.starts_on <= ")
        .push_bind(columns.day)
        .push(" and fact.ends_on >= ")
        .push_bind(columns.day);
    conditions(&mut sql, "p.worker_id", &columns.among);
    sql.push(" group by 1 limit ")
        .push_bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .push(") tally on true");
    let rows: Vec<(i64, i64, Option<i64>, Option<i64>)> =
        sql.build_query_as().fetch_all(connection).await?;
    let head = rows
        .first()
        .ok_or_else(|| Fault::internal("the ledger has no head"))?;
    let version = ReferenceVersion {
        epoch: head.0,
        reference_seq: head.1,
    };
    let cells = rows
        .iter()
        .filter_map(|row| Some((row.2?, row.3?.unsigned_abs())));
    Ok((version, cells.collect()))
}
