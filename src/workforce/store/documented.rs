//! Statements about what the documents of acts stand behind.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::kernel::{DocumentId, Fault, OrgUnitId, WorkerId};
use crate::workforce::lists::Reach;

/// What happened, of all that a document stands behind, where the caller reaches. A record is where it is today; whatever
/// else belongs to an office is where it was; what belongs to none is the country's.
pub(in crate::workforce) async fn documented(
    connection: &mut PgConnection,
    id: DocumentId,
    reach: &Reach,
) -> Result<Vec<String>, Fault> {
    let document = Uuid::from(id).to_string();
    let sectors = reach.sector_names();
    Ok(sqlx::query_scalar!(
        r#"select distinct n.verb as "verb!"
           from documented n
           left join leave l on n.subject_kind = 'leave' and l.leave_id = n.subject_id
           left join worker_merge m on m.gone_id = coalesce(l.worker_id, n.subject_id)
           left join worker w on w.worker_id = coalesce(m.kept_id, l.worker_id, n.subject_id)
           where n.document = $1
             and case when n.subject_kind in ('worker', 'leave') then
                     w.worker_id is not null
                     and ($2::uuid[] is null or w.org_unit_id = any($2))
                     and ($3::text[] is null or w.sector = any($3))
                     and ($4::uuid is null or w.worker_id = $4)
                 when n.unit_before is null and n.unit_after is null then
                     n.subject_kind in ('configuration', 'cadre', 'cadre_mapping', 'org_unit', 'facility',
                                        'code_list_entry', 'staffing_norm', 'course', 'training_session')
                 else
                     $4 is null
                     and (($2 is null or n.unit_after = any($2)) and ($3 is null or n.sector_after = any($3))
                          or ($2 is null or n.unit_before = any($2)) and ($3 is null or n.sector_before = any($3)))
                 end"#,
        document,
        reach.units.as_deref() as Option<&[OrgUnitId]>,
        sectors.as_deref() as Option<&[&str]>,
        reach.person as Option<WorkerId>,
    )
    .fetch_all(connection)
    .await?)
}
