//! Lists of posts. The order varies, so the statement is put together from fixed pieces here; values are always parameters.

use sqlx::types::Json;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::post::status;
use crate::establishment::Selection;
use crate::establishment::order::{By, PostKey, Ranks, Sort};
use crate::establishment::post::Post;
use crate::kernel::{CadreId, Date, FacilityId, Fault, PageRequest, PostId, PostingId, WorkerId};
use crate::ledger::ActReference;
use crate::tenancy::ReferenceVersion;

type Sql = QueryBuilder<Postgres>;

/// A page of posts as they are on a day, and the version of the reference lists; one statement.
pub(in crate::establishment) async fn page(
    connection: &mut PgConnection,
    selection: &Selection,
    (sort, ranks): (Sort, Option<&Ranks>),
    request: &PageRequest<PostKey>,
) -> Result<(ReferenceVersion, Vec<Post>), Fault> {
    let mut sql = Sql::new(
        "select head.epoch, head.reference_seq, p.*
         from (select epoch, reference_seq from ledger_head where only_row limit 1) head
         left join lateral (",
    );
    dated(&mut sql, selection.day);
    if let Some(ranks) = ranks {
        sql.push(" left join unnest(")
            .push_bind(ranks.ids.clone())
            .push("::uuid[]) with ordinality as place (id, at) on place.id = ")
            .push(match sort.by() {
                By::Cadre => "d.cadre_id",
                _ => "d.facility_id",
            });
    }
    conditions(&mut sql, selection);
    order(&mut sql, (sort, ranks), request);
    sql.push(") p on true");
    let rows: Vec<Row> = sql.build_query_as().fetch_all(connection).await?;
    let head = rows.first().map(|it| ReferenceVersion {
        epoch: it.epoch,
        reference_seq: it.reference_seq,
    });
    let head = head.ok_or_else(|| Fault::internal("the ledger has no head"))?;
    Ok((head, rows.into_iter().filter_map(Row::post).collect()))
}

/// Posts with the state of a day, and whoever fills them then.
fn dated(sql: &mut Sql, day: Date) {
    sql.push(
        "select d.*, h.worker_id, h.posting_id, s.stands,
                (select c.valid_from from post_state c
                 where c.post_id = d.post_id and c.status = 'closed' and c.valid_to is null) as closed_from
         from (select ",
    );
    sql.push_bind(day).push(
        "::date as day) given
         join dated_post d on (d.valid_from <= given.day or d.valid_from = d.opened_on)
              and (d.valid_to is null or d.valid_to >= given.day)
         left join posting h on h.post_id = d.post_id and h.starts_on <= given.day
              and (h.ends_on is null or h.ends_on >= given.day)
         cross join lateral (
             select case when d.opened_on > given.day then 'planned' when d.status = 'closed' then 'closed'
                         when h.worker_id is not null then 'filled' else d.status end as stands) s",
    );
}

fn conditions(sql: &mut Sql, selection: &Selection) {
    sql.push(" where s.stands = any(")
        .push_bind(selection.statuses())
        .push(")");
    if let Some(facilities) = &selection.facilities {
        sql.push(" and d.facility_id = any(")
            .push_bind(facilities.clone())
            .push(")");
    }
    if let Some(cadres) = &selection.cadres {
        sql.push(" and d.cadre_id = any(")
            .push_bind(cadres.clone())
            .push(")");
    }
    if let Some(codes) = &selection.codes {
        sql.push(" and d.code = any(")
            .push_bind(codes.clone())
            .push(")");
    }
    if let Some(holder) = selection.holder {
        sql.push(" and h.worker_id = ").push_bind(holder);
    }
    if let Some(post) = selection.post {
        sql.push(" and d.post_id = ").push_bind(post);
    }
}

/// The order, from where the page begins on, and its end.
fn order(sql: &mut Sql, (sort, ranks): (Sort, Option<&Ranks>), request: &PageRequest<PostKey>) {
    let first = match sort.by() {
        By::Code => None,
        By::Opened => Some("d.opened_on".to_owned()),
        By::Facility | By::Cadre => {
            ranks.map(|it| format!("coalesce(2 * place.at, {})", it.last()))
        }
    };
    let (follows, direction) = if sort.descends() {
        ("<", " desc")
    } else {
        (">", "")
    };
    if let Some(after) = &request.after {
        match &first {
            None => {
                sql.push(format!(" and d.code {follows} "));
                sql.push_bind(after.code.clone());
            }
            Some(first) => {
                sql.push(format!(" and ({first}, d.code) {follows} ("));
                match ranks {
                    Some(ranks) => sql.push_bind(ranks.after),
                    None => sql.push_bind(after.opened_on),
                };
                sql.push(", ").push_bind(after.code.clone()).push(")");
            }
        }
    }
    sql.push(" order by ");
    if let Some(first) = first {
        sql.push(format!("{first}{direction}, "));
    }
    sql.push(format!("d.code{direction} limit "))
        .push_bind(request.limit());
}

#[derive(FromRow)]
struct Row {
    epoch: i64,
    reference_seq: i64,
    post_id: Option<PostId>,
    code: Option<String>,
    facility_id: Option<FacilityId>,
    opened_on: Option<Date>,
    version: Option<i32>,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    cadre_id: Option<CadreId>,
    title: Option<String>,
    act: Option<Json<ActReference>>,
    stands: Option<String>,
    closed_from: Option<Date>,
    worker_id: Option<WorkerId>,
    posting_id: Option<PostingId>,
}

impl Row {
    /// `None` for the row of the head that no post joined.
    fn post(self) -> Option<Post> {
        Some(Post {
            id: self.post_id?,
            code: self.code?,
            facility: self.facility_id?,
            version: self.version?,
            opened_on: self.opened_on?,
            closes_on: self.closed_from.and_then(|day| day.pred_opt()),
            since: self.valid_from?,
            until: self.valid_to,
            cadre: self.cadre_id?,
            title: self.title?,
            status: status(&self.stands?),
            act: self.act.map(|Json(act)| act),
            holder: self.worker_id.zip(self.posting_id),
        })
    }
}
