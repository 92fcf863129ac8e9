//! What a reader gave to be worked on, and how it gets into a plan.

use crate::{
    host::{Host, HostError},
    text_file::TextFile,
};
use model::{Arm, Moves, Plan, Strategy};
use runner::need::{TownNeed, too_much_in_town};
use runner::splits::Splits;
use workloads::photo::Photo;

/// What a record says that cannot be had again from its address.
const PICTURE_NOTE: &str = "The picture was given by the reader and is not part of this record.";
/// The same of a text.
const TEXT_NOTE: &str = "The text was given by the reader and is not part of this record.";
/// Work that can use a picture the reader gave.
const PICTURED: &str = "image-filter";

/// Whether an arm can work on a text of the reader's own, and on other tabs.
#[must_use]
pub fn can_be_given(arm: &Arm) -> bool {
    let is_mapped = |workload: &str| workloads::mapped::find(workload).is_some();
    arm.strategy == Strategy::Messages
        && arm.manner.town.is_some()
        && arm.jobs.iter().all(|job| is_mapped(&job.workload))
}

/// Makes the job of such an arm one of a text of so many bytes, in splits that suit
/// it; 0: leaves it as it is.
pub fn cut_for(arm: &mut Arm, bytes: u64) {
    if bytes == 0 || !can_be_given(arm) {
        return;
    }
    let splits = Splits::of_file(bytes);
    for job in &mut arm.jobs {
        (job.tasks, job.size) = (splits.count(), splits.kibibytes());
    }
}

/// What is in use in a run.
#[derive(Default)]
pub(crate) struct Given {
    pub(crate) photo: Option<Photo>,
    pub(crate) text: Option<TextFile>,
}

impl Given {
    /// Lets an arm use it, where it can.
    pub(crate) fn put_into(&self, arm: &mut Arm) {
        if let Some(photo) = &self.photo {
            let jobs = arm.jobs.iter_mut();
            for job in jobs.filter(|job| job.workload == PICTURED) {
                job.input = photo.id();
            }
        }
        if let Some(text) = self.text.as_ref().filter(|_| can_be_given(arm)) {
            cut_for(arm, text.bytes);
            for job in &mut arm.jobs {
                job.input = text.id;
            }
        }
        // What one node has at home, where it is too much for that.
        let is_large = matches!(too_much_in_town(arm), Some(TownNeed::Laid(_)));
        if let Some(town) = &mut arm.manner.town
            && (is_large && arm.workers < 2 && town.moves == Moves::Local)
        {
            town.moves = Moves::Transfer;
        }
    }

    /// What a record of this plan says about it.
    pub(crate) fn notes(&self, plan: &Plan) -> Vec<&'static str> {
        let any = |is_it: fn(&Arm) -> bool| plan.arms.iter().any(is_it);
        let pictured = self.photo.is_some() && any(shows_photo);
        let texted = self.text.is_some() && any(can_be_given);
        let picture = pictured.then_some(PICTURE_NOTE);
        picture
            .into_iter()
            .chain(texted.then_some(TEXT_NOTE))
            .collect()
    }

    /// Gives a host what this arm needs of it.
    pub(crate) fn hand_to(&self, host: &mut Host, arm: &Arm) -> Result<(), HostError> {
        if let Some(photo) = self.photo.as_ref().filter(|_| shows_photo(arm)) {
            host.with_photo(photo)?;
        }
        if let Some(text) = self.text.as_ref().filter(|_| can_be_given(arm)) {
            host.with_text(text)?;
        }
        Ok(())
    }
}

fn shows_photo(arm: &Arm) -> bool {
    let pictured = |job: &model::Job| job.workload == PICTURED && job.input != 0;
    arm.jobs.iter().any(pictured)
}
