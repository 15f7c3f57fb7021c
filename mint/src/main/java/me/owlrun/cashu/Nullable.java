package me.owlrun.cashu;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks the rare value that may be null, for NullAway.
@Target(ElementType.TYPE_USE)
@Retention(RetentionPolicy.CLASS)
@interface Nullable {}
