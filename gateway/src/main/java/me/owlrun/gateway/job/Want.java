package me.owlrun.gateway.job;

import java.util.Optional;

/// What a place is sought for.
///
/// @param model the model to be served
/// @param task what a node has to do
/// @param lane why it is done
/// @param prefix names the beginning of the conversation, if a node that has it is preferred
public record Want(String model, Task task, Lane lane, Optional<String> prefix) {

    /// A job that a buyer pays for, of no known beginning.
    public static Want paid(String model, Task task) {
        return new Want(model, task, Lane.PAID, Optional.empty());
    }

    /// The work in one word, as the router knows it.
    String work() {
        return work(task, model);
    }

    static String work(Task task, String model) {
        return task.text() + ' ' + model;
    }
}
